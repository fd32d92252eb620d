import type { Cell, Column, SiteSettings } from "./page.ts";

export { MASK } from "../../history/personal.ts";

/** Whether a cell of a column is hidden: it tells of a person, and such values are not shown. */
export function isMasked(
  { isPersonal }: Column,
  cell: Cell,
  showsPersonalData: SiteSettings["showsPersonalData"],
): boolean {
  return isPersonal === true && !showsPersonalData && cell !== null;
}
