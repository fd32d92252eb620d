import type { Cancellations } from "./cancellations.tsx";
import type { Cohorts } from "./funnel_cohorts.tsx";
import type { Moves } from "./funnel_moves.tsx";
import type { Compared } from "./compared_sums.ts";
import { FUNNEL_STAGES, type FunnelSums } from "./funnel_sums.ts";
import type { Transitions } from "./funnel_transitions.ts";
import type { LeadList } from "./lead_list.ts";

/** The figures that lists are behind. */
export interface Figures {
  readonly sums: Compared<FunnelSums>;
  readonly cohorts: Cohorts;
  readonly moves: Moves;
  readonly transitions: Transitions;
  readonly cancellations: Cancellations;
}

/** How many rows a list has: the number that leads to it, which the marts know already. */
export function totalOf(list: LeadList, figures: Figures): number {
  const { present } = figures.sums;
  switch (list.kind) {
    case "cohorts": {
      if (present === null) return 0;
      const stage = FUNNEL_STAGES.find((one) => one === list.stage);
      if (list.stage !== null) return stage === undefined ? 0 : present[stage];
      if (list.outcome === "mature") return figures.cohorts.matureLeads;
      return present[list.outcome ?? "leads"];
    }
    case "moved":
      return figures.moves.rows.filter((row) => row.stage === list.stage)
        .reduce((sum, row) => sum + row.moves, 0);
    case "left":
      return transition(figures, list.from, list.to)?.moves ?? 0;
    case "in":
      return transition(figures, list.stage, null)?.open_visits ?? 0;
    case "confirmed":
      return figures.cancellations.rows
        .reduce((sum, row) => sum + row[list.fate ?? "confirmed"], 0);
  }
}

function transition({ transitions }: Figures, from: string, to: string | null) {
  return transitions.rows.find((row) => row.from_stage === from && row.to_stage === to);
}
