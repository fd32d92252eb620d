import { formatOf } from "../frame/view.ts";
import type { PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { type ComparedPeriods, daysOf } from "./compared_periods.ts";
import { type Compared, periodText } from "./compared_sums.ts";

/** Which days the figures are about, and how many of them are finished, or why there are no figures. */
export function soFarText(
  request: PageRequest,
  periods: ComparedPeriods,
  { present }: Pick<Compared<unknown>, "present">,
): string {
  const words = figuresWords[request.state.language];
  const period = periodText(request, request.state.period);
  if (periods.present === null) return `${period}. ${words.nothingFinished}`;
  if (present === null) {
    const { car, model } = request.state;
    const isChosen = car !== null || model !== null;
    return `${period}. ${isChosen ? words.nothingOfChosen : words.nothingKnown}`;
  }
  if (periods.isComplete) return period;
  const { count } = formatOf(request);
  return `${period}: ${words.soFar(count(periods.days), count(daysOf(request.state.period)))}`;
}
