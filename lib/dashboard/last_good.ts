import type { FilterChoices } from "./page/frame_props.ts";
import type { Notice } from "./page/notice.ts";
import type { PageContent, PageState } from "./page/page.ts";

/** A page that could be read, ready to be framed again. */
export interface GoodPage {
  readonly content: PageContent;
  readonly state: PageState;
  readonly notices: readonly Notice[];
  /** What its filters of car and model offer; null where it has neither. */
  readonly choices: FilterChoices | null;
  /** When its data were read, by the clock of the warehouse. */
  readonly readAt: Temporal.Instant;
}

/** The last good page of each address; in memory alone, since pages may hold personal data. */
export interface LastGood {
  get(key: string): GoodPage | null;
  /** `size` is about the number of its characters. */
  put(key: string, page: GoodPage, size: number): void;
}

/** Keeps those that were put last, at most so many and of so many characters together. */
export function createLastGood(
  limits: { readonly pages: number; readonly characters: number },
): LastGood {
  const kept = new Map<string, { readonly page: GoodPage; readonly size: number }>();
  let characters = 0;
  const forget = (key: string) => {
    characters -= kept.get(key)?.size ?? 0;
    kept.delete(key);
  };
  return {
    get: (key) => kept.get(key)?.page ?? null,
    put(key, page, size) {
      forget(key);
      if (size > limits.characters) return;
      kept.set(key, { page, size });
      characters += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.pages && characters <= limits.characters) break;
        forget(oldest);
      }
    },
  };
}
