import { z } from "zod";
import type { DataTable, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { funnelWords } from "../words/funnel_page.ts";
import { stageName } from "../words/stage_name.ts";
import type { ComparedPeriods } from "./compared_periods.ts";
import { type Compared, toCompared, toDays } from "./compared_sums.ts";
import { leadListHref } from "./lead_list.ts";

const SQL_FILE = "dashboard/funnel_sums.sql";

/** The stages that have an order, from the first on. */
export const FUNNEL_STAGES = [
  "inquiry",
  "quote",
  "deposit",
  "confirmed",
  "on_rent",
  "returned",
  "closed",
] as const;

const sumRow = z.object({
  name: z.enum(["present", "before", "year_ago"]),
  is_known: z.boolean().nullable(),
  first_day: z.string().nullable(),
  leads: z.number(),
  inquiry: z.number(),
  quote: z.number(),
  deposit: z.number(),
  confirmed: z.number(),
  on_rent: z.number(),
  returned: z.number(),
  closed: z.number(),
  won: z.number(),
  lost: z.number(),
  open: z.number(),
  conversion: z.string().nullable(),
});

/** What became of the leads of a period. */
export type FunnelSums = z.infer<typeof sumRow>;

export async function readFunnelSums(
  { ask }: PageRequest,
  periods: ComparedPeriods,
): Promise<Compared<FunnelSums>> {
  const rows = z.array(sumRow).parse(await ask(SQL_FILE, toDays(periods)));
  return toCompared(rows, (row) => row.is_known === true, SQL_FILE);
}

/** The steps of the funnel, with those of the period before. */
export function stepsTable({ state }: PageRequest, sums: Compared<FunnelSums>): DataTable {
  const words = funnelWords[state.language];
  const { present, before } = sums;
  const shareOf = (one: FunnelSums | null, stage: typeof FUNNEL_STAGES[number]) =>
    one === null || one.leads === 0 ? null : one[stage] / one.leads;
  return {
    name: "steps",
    title: words.funnel,
    sqlFile: SQL_FILE,
    columns: [
      { key: "stage_name", title: figuresWords[state.language].stage, kind: "text" },
      {
        key: "leads",
        title: words.leads,
        kind: "count",
        definition: "dm.lead_funnel_week.reached_quote",
        linkTo: (row) => leadListHref(`reached-${row.stage}`),
      },
      { key: "share", title: words.share, kind: "ratio" },
      { key: "leads_before", title: words.leadsBefore, kind: "count" },
      { key: "share_before", title: words.shareBefore, kind: "ratio" },
    ],
    rows: present === null ? [] : FUNNEL_STAGES.map((stage) => ({
      stage,
      stage_name: stageName(stage, state.language),
      leads: present[stage],
      share: shareOf(present, stage),
      leads_before: before?.[stage] ?? null,
      share_before: shareOf(before, stage),
    })),
  };
}
