import { formatTable } from "../../lib/log/text_table.ts";
import type { Generation, GenerationOutcome } from "./generation.ts";
import { countByStage, type StageCounts } from "./stage_counts.ts";
import { STAGE_NAMES, STAGES } from "./stages.ts";

/** What there is by stage, what will go and come, and how that differs from what was asked for. */
export function formatGeneration(generation: Generation, asked: StageCounts): string[] {
  const { existing, surplus, missing, kept } = generation;
  const lists = [existing, surplus, missing];
  const byStage = lists.map((leads) => countByStage(leads));
  const rows = STAGES.map((stage) => [
    STAGE_NAMES[stage],
    ...byStage.map((counts) => counts[stage].toLocaleString("en")),
  ]);
  const others = lists.map((leads) =>
    leads.filter((lead) => lead.stage === null).length.toLocaleString("en")
  );
  return [
    ...formatTable(
      [
        { heading: "stage" },
        { heading: "now", isNumber: true },
        { heading: "to wipe", isNumber: true },
        { heading: "to create", isNumber: true },
      ],
      [
        ...rows,
        ...(others.some((count) => count !== "0") ? [["other stages", ...others]] : []),
        ["all", ...lists.map((leads) => leads.length.toLocaleString("en"))],
      ],
    ),
    ...(kept.length > 0
      ? [`${kept.length.toLocaleString("en")} are there as planned and stay`]
      : []),
    ...noteOnRent(generation, asked),
  ];
}

function noteOnRent({ kept, missing }: Generation, asked: StageCounts): string[] {
  const onRent = countByStage([...kept, ...missing]).on_rent;
  const surplus = asked.on_rent - onRent;
  return surplus <= 0 ? [] : [
    `Note: ${onRent} on rent, not ${asked.on_rent}, because no car can be out twice: ` +
    `the other ${surplus} are returned ones`,
  ];
}

/** What was done, one line for each kind of change. */
export function formatOutcome({ wiped, created, linked, refused }: GenerationOutcome): string[] {
  const line = (count: number, what: string) =>
    count === 0 ? [] : [`${count.toLocaleString("en")} ${what}`];
  return [
    ...line(wiped.trashed, "leads went to the trash"),
    ...line(wiped.lost, "leads were moved to lost: the account does not let them be deleted"),
    ...line(wiped.lostBefore, "leads stay lost: the account does not let them be deleted"),
    ...line(created, "leads created"),
    ...line(linked, "links to cars and clients made"),
    ...refused,
  ];
}
