import type { PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { type ComparedPeriods, daysOf } from "./compared_periods.ts";
import { periodText } from "./compared_sums.ts";

/** Which days the figures are about, and how many of them are finished. */
export function soFarText(request: PageRequest, periods: ComparedPeriods): string {
  const words = figuresWords[request.state.language];
  const period = periodText(request, request.state.period);
  if (periods.present === null) return `${period}. ${words.nothingFinished}`;
  if (periods.isComplete) return period;
  return `${period}: ${words.soFar(periods.days, daysOf(request.state.period))}`;
}
