/** One element as a file describes it. */
export interface FileRecord {
  /** 1-based line on which it begins. */
  readonly line: number;
  /** Where it is in the file: "[3]" in JSON, "" where a line is an element. */
  readonly path: string;
  readonly values: readonly FileValue[];
  /** The file comes from a table, whose cells a spreadsheet may have taken for something else. */
  readonly isTable: boolean;
}

/** What a file says of one field of an element. */
export interface FileValue {
  /** How the file calls the field; several names where it gives code, name and id, the surest one first. */
  readonly names: readonly (string | number)[];
  /** Where it stands, as messages say it: the name of a column, "[3].phone". */
  readonly path: string;
  readonly line: number;
  /** The values; none, or blanks alone, where the file leaves the field empty. */
  readonly given: readonly unknown[];
}

/** Something in a file that is not as it must be; never quotes a value, which may be personal. */
export interface FileProblem {
  readonly line: number;
  readonly path: string;
  readonly reason: string;
}
