import type { FieldValues } from "./field_values.ts";
import type { ElementLink } from "./leads.ts";

/** A contact or a company. Times are unix seconds. */
export interface Contact {
  readonly id: number;
  name: string;
  /** Companies have neither first nor last name. */
  firstName: string;
  lastName: string;
  responsibleUserId: number;
  createdBy: number;
  updatedBy: number;
  readonly createdAt: number;
  updatedAt: number;
  fieldValues: FieldValues;
  tagIds: number[];
  /** The company of a contact. */
  companyId: number | null;
  elements: ElementLink[];
}

export type ContactStore = Map<number, Contact>;

export function createContactStore(): ContactStore {
  return new Map();
}
