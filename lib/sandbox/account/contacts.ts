import type { FieldValues } from "./field_values.ts";

/** A contact or a company: just enough of them to be linked to leads. */
export interface Contact {
  readonly id: number;
  name: string;
  readonly createdAt: number;
  updatedAt: number;
  fieldValues: FieldValues;
}

export type ContactStore = Map<number, Contact>;

export function createContactStore(): ContactStore {
  return new Map();
}
