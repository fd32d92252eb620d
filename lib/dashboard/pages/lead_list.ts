import { PageError, type PageRequest } from "../page/page.ts";
import { funnelWords } from "../words/funnel_page.ts";
import { stageName } from "../words/stage_name.ts";
import { isStage, type Stage } from "../words/stage_words.ts";

export type Outcome = "won" | "lost" | "open" | "mature";
export type Fate = "cancelled" | "no_shows" | "pending" | "closed";

/** Which leads the page Funnel lists: those behind one of its numbers. */
export type LeadList =
  /** Created in the weeks of the period, all or those that came so far, ended so or are old enough. */
  | { readonly kind: "cohorts"; readonly stage: Stage | null; readonly outcome: Outcome | null }
  /** Moves into a stage in those weeks. */
  | { readonly kind: "moved"; readonly stage: Stage }
  /** Moves from one stage to another, all time. */
  | { readonly kind: "left"; readonly from: Stage; readonly to: Stage }
  /** In a stage now. */
  | { readonly kind: "in"; readonly stage: Stage }
  /** Ever confirmed, by the months of the period. */
  | { readonly kind: "confirmed"; readonly fate: Fate | null };

const OUTCOMES: readonly Outcome[] = ["won", "lost", "open", "mature"];
const FATES: readonly Fate[] = ["cancelled", "no_shows", "pending", "closed"];

/** Reads the parameter `list`; throws `PageError` for what names no list. */
export function readLeadList({ state }: Pick<PageRequest, "state">): LeadList {
  const text = state.own.list ?? "created";
  const list = parseLeadList(text);
  if (list === null) throw new PageError(400, funnelWords[state.language].badList(text));
  return list;
}

function parseLeadList(text: string): LeadList | null {
  if (text === "created") return { kind: "cohorts", stage: null, outcome: null };
  if (text === "confirmed") return { kind: "confirmed", fate: null };
  const outcome = OUTCOMES.find((one) => one === text);
  if (outcome) return { kind: "cohorts", stage: null, outcome };
  const fate = FATES.find((one) => one === text);
  if (fate) return { kind: "confirmed", fate };
  const [kind, first = "", second = "", ...rest] = text.split("-");
  if (!isStage(first) || rest.length > 0) return null;
  if (kind === "left" && isStage(second)) return { kind, from: first, to: second };
  if (second !== "") return null;
  if (kind === "reached") return { kind: "cohorts", stage: first, outcome: null };
  return kind === "moved" || kind === "in" ? { kind, stage: first } : null;
}

/** The address of a list, of the period of the page or of another one. */
export function leadListHref(
  list: string,
  period?: { readonly from: string; readonly to: string },
): string {
  // Of letters, digits and hyphens. The page of another list is none of this one.
  const days = period === undefined ? "" : `from=${period.from}&to=${period.to}&`;
  return `/funnel?${days}list=${list}&page=#leads`;
}

/** What the list is called. */
export function leadListTitle(list: LeadList, { state }: Pick<PageRequest, "state">): string {
  const words = funnelWords[state.language].list;
  const name = (stage: Stage) => stageName(stage, state.language) ?? stage;
  switch (list.kind) {
    case "moved":
      return words.moved(name(list.stage));
    case "in":
      return words.in(name(list.stage));
    case "left":
      return words.left(name(list.from), name(list.to));
    case "confirmed":
      return words[list.fate ?? "confirmed"];
    case "cohorts":
      if (list.stage !== null) return words.reached(name(list.stage));
      return words[list.outcome ?? "created"];
  }
}
