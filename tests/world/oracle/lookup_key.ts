import type { Cell } from "./values.ts";

/** The Cyrillic letters of number plates and their Latin twins. */
const TWINS: Readonly<Record<string, string>> = {
  А: "A",
  В: "B",
  Е: "E",
  К: "K",
  М: "M",
  Н: "H",
  О: "O",
  Р: "P",
  С: "C",
  Т: "T",
  У: "Y",
  Х: "X",
};

/** A plate or licence as look-ups compare it; null when nothing is left. Worlds use letters that fold alike anywhere. */
export function lookupKey(value: Cell | undefined): string | null {
  if (typeof value !== "string") return null;
  const folded = value.normalize("NFKC").toUpperCase()
    .replace(/[\s\u00ad\u200b-\u200d\ufeff\p{Dash}]/gu, "");
  return [...folded].map((letter) => TWINS[letter] ?? letter).join("") || null;
}
