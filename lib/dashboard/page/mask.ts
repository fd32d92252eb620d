import type { Cell, Column, SiteSettings } from "./page.ts";

/** Stands for a personal value that is not shown. */
export const MASK = "•••";

/** Whether a cell of a column is hidden: it tells of a person, and such values are not shown. */
export function isMasked(
  { isPersonal }: Column,
  cell: Cell,
  showsPersonalData: SiteSettings["showsPersonalData"],
): boolean {
  return isPersonal === true && !showsPersonalData && cell !== null;
}
