import { Empty } from "../frame/parts.tsx";
import type { PageContent, PageRequest } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";

/** What a page of figures shows before any mart was built. */
export function notBuilt({ state }: PageRequest, title: string): PageContent {
  const words = figuresWords[state.language].notBuilt;
  return { title, body: <Empty title={words.title} text={words.text} />, tables: [] };
}
