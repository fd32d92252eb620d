/** Something that a reader must know of the data of a page before he believes it. */
export interface Notice {
  readonly level: "error" | "warning" | "info";
  readonly kind: "check" | "source" | "build" | "setting" | "role" | "demo";
  /** Name of the check, task, setting or role, e.g. "double_bookings". */
  readonly subject: string;
  /** The tables that are wrong or old, e.g. "dds.fact_rentals"; all that is built from them is touched too. */
  readonly tables: readonly string[];
  /** A sentence in the language of the page, with the next step. */
  readonly text: string;
}
