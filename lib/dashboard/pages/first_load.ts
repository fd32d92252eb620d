import { slotsOf } from "../charts/axis.ts";
import type { ChartAxis, ChartMark } from "../charts/chart.ts";
import { formatOf } from "../frame/view.ts";
import type { PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import type { Build } from "./build.ts";

/** A mark where the axis reaches back to before the first load: why there is less or nothing on its left. */
export function firstLoadMarks(
  request: PageRequest,
  { firstLoadDay }: Build,
  axis: ChartAxis,
): readonly ChartMark[] {
  if (firstLoadDay === null) return [];
  const day = firstLoadDay.toString();
  const places = slotsOf(axis);
  const at = places.findLast((place) => place <= day);
  if (at === undefined || at === places[0]) return [];
  const text = figuresWords[request.state.language].firstLoad(formatOf(request).date(day));
  return [{ at, text }];
}
