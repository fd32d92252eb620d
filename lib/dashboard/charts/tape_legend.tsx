import type { Language, Markup } from "../page/page.ts";
import { STAGES } from "../words/stage_words.ts";
import { wordsOf } from "../words/words.ts";
import { Legend, type LegendEntry } from "./legend.tsx";
import type { TapeRow } from "./tape.ts";

/** What the bars that are there mean: short ones have no room for a word, and a phone shows none over them. */
export function TapeLegend(
  props: { readonly rows: readonly TapeRow[]; readonly language: Language },
): Markup {
  const words = wordsOf(props.language);
  const bars = props.rows.flatMap((row) => row.bars);
  const entries: LegendEntry[] = STAGES.filter((stage) => bars.some((bar) => bar.stage === stage))
    .map((stage) => ({ name: words.stages[stage], tone: stage, look: "box" }));
  if (bars.some((bar) => bar.isDoubleBooked)) {
    entries.push({ name: words.charts.double, tone: "bad", look: "framed" });
  }
  if (bars.some((bar) => bar.isOverdue)) {
    entries.push({ name: words.charts.overdue, tone: "bad", look: "box" });
  }
  if (bars.some((bar) => bar.isOverdue || bar.hasNoEnd)) {
    entries.push({ name: words.charts.mayLast, tone: "bad", look: "hatched" });
  }
  return <Legend entries={entries} />;
}
