import { PageError, type PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";

/** The number of the page of a long list in a parameter, from 1; throws `PageError` beyond the last one. */
export function readPageNumber(
  { state }: Pick<PageRequest, "state">,
  pages: number,
  parameter = "page",
): number {
  const text = state.own[parameter] ?? "1";
  const page = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (page >= 1 && page <= pages) return page;
  throw new PageError(400, figuresWords[state.language].badPage(text, pages));
}
