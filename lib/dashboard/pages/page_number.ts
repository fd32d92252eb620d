import { PageError, type PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";

/** The number of the page that a parameter asks for, 1 without it; 0 where it is no number. */
export function askedPage(
  { state }: Pick<PageRequest, "state">,
  parameter = "page",
): number {
  const text = state.own[parameter] ?? "1";
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

/** The number of the page of a long list in a parameter, from 1; throws `PageError` beyond the last one. */
export function readPageNumber(
  request: Pick<PageRequest, "state">,
  pages: number,
  parameter = "page",
): number {
  const page = askedPage(request, parameter);
  if (page >= 1 && page <= pages) return page;
  const { state } = request;
  const text = state.own[parameter] ?? "1";
  throw new PageError(400, figuresWords[state.language].badPage(text, pages));
}
