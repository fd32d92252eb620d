import type { Account } from "./account.ts";

/** A stage, as definitions of fields name it. */
export interface RequiredStatus {
  readonly status_id: number;
  readonly pipeline_id: number;
}

/** What only some owners or types of fields have, under the names of the API. */
export interface FieldDetails {
  /** Leads, contacts and companies: where people must fill the field in; writes of the API are not held to it. */
  required_statuses: readonly RequiredStatus[];
  /** Catalogs. */
  is_visible: boolean;
  /** Catalogs. */
  is_required: boolean;
  /** `monetary`. */
  currency: string | null;
  /** `birthday`: never, day, week or month. */
  remind: string | null;
  /** `chained_list`. */
  chained_lists: readonly object[] | null;
  /** `tracking_data`. */
  tracking_callback: string | null;
  /** `linked_entity`. */
  search_in: string | null;
  /** `category`. */
  nested: readonly object[] | null;
}

/** The details of a field that was created without any. */
export function defaultDetails(account: Account, type: string): FieldDetails {
  return {
    required_statuses: [],
    is_visible: true,
    is_required: false,
    currency: type === "monetary" ? account.currency : null,
    remind: null,
    chained_lists: null,
    tracking_callback: null,
    search_in: null,
    nested: null,
  };
}
