import type { NextId } from "./ids.ts";
import type { Account } from "./account.ts";
import { defaultDetails, type FieldDetails } from "./field_details.ts";
import { type Place, selfLink } from "./links.ts";

/** What fields belong to; also the part of the path between `/api/v4/` and `/custom_fields`. */
export type FieldOwner = "leads" | "contacts" | "companies" | `catalogs/${number}`;

/** One choice of a select field, or one kind of phone or e-mail. */
export interface FieldEnum {
  readonly id: number;
  value: string;
  sort: number;
  readonly code: string | null;
}

/** A custom field's definition. */
export interface CustomField {
  readonly id: number;
  name: string;
  readonly type: string;
  code: string | null;
  sort: number;
  isApiOnly: boolean;
  enums: FieldEnum[] | null;
  groupId: string | null;
  isDeletable: boolean;
  readonly isPredefined: boolean;
  details: FieldDetails;
}

/** Definitions by owner and id. */
export interface FieldStore {
  of(owner: FieldOwner): Map<number, CustomField>;
  drop(owner: FieldOwner): void;
}

/** Every type that the API knows; each entity allows a subset, which the sandbox does not check. */
export const FIELD_TYPES: ReadonlySet<string> = new Set([
  "text",
  "numeric",
  "checkbox",
  "select",
  "multiselect",
  "multitext",
  "date",
  "url",
  "textarea",
  "radiobutton",
  "streetaddress",
  "smart_address",
  "birthday",
  "legal_entity",
  "date_time",
  "items",
  "category",
  "price",
  "tracking_data",
  "linked_entity",
  "org_legal_name",
  "monetary",
  "chained_list",
  "file",
  "payer",
  "supplier",
]);

/** Types whose value is one of, or some of, the field's enums. */
export const CHOICE_TYPES: ReadonlySet<string> = new Set(["select", "multiselect", "radiobutton"]);

/** Leads come with tracking fields, contacts with phone and e-mail: nobody can delete those. */
export function createFieldStore(nextId: NextId, account: Account): FieldStore {
  const byOwner = new Map<FieldOwner, Map<number, CustomField>>();
  const of = (owner: FieldOwner) => {
    const fields = byOwner.get(owner) ?? new Map<number, CustomField>();
    byOwner.set(owner, fields);
    return fields;
  };
  for (const owner of ["contacts", "companies"] as const) {
    for (const field of systemFields(nextId, account)) of(owner).set(field.id, field);
  }
  for (const field of trackingFields(nextId, account)) of("leads").set(field.id, field);
  return { of, drop: (owner) => void byOwner.delete(owner) };
}

function systemFields(nextId: NextId, account: Account): CustomField[] {
  const kinds = {
    PHONE: ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"],
    EMAIL: ["WORK", "PRIV", "OTHER"],
  };
  return Object.entries(kinds).map(([code, enums], index) => ({
    id: nextId("field"),
    name: code === "PHONE" ? "Телефон" : "Email",
    type: "multitext",
    code,
    sort: 4 + index * 2,
    isApiOnly: false,
    enums: enums.map((value, sort) => ({ id: nextId("enum"), value, sort, code: value })),
    groupId: null,
    isDeletable: false,
    isPredefined: true,
    details: defaultDetails(account, "multitext"),
  }));
}

function trackingFields(nextId: NextId, account: Account): CustomField[] {
  const names = ["utm_content", "utm_medium", "utm_campaign", "utm_source", "utm_term"];
  return names.map((name, index) => ({
    id: nextId("field"),
    name,
    type: "tracking_data",
    code: name.toUpperCase(),
    sort: 10 + index,
    isApiOnly: true,
    enums: null,
    groupId: "statistic",
    isDeletable: false,
    isPredefined: true,
    details: defaultDetails(account, "tracking_data"),
  }));
}

/** The definition as lists and writes answer it; catalogs have their own set of keys. */
export function renderField(
  world: { readonly account: Account },
  owner: FieldOwner,
  field: CustomField,
  place: Place,
): object {
  const catalogId = owner.startsWith("catalogs/") ? Number(owner.slice("catalogs/".length)) : null;
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    account_id: world.account.id,
    code: field.code,
    sort: field.sort,
    is_api_only: field.isApiOnly,
    enums: field.enums === null ? null : field.enums.map(renderEnum),
    ...(catalogId === null ? entityKeys(field) : catalogKeys(field, catalogId)),
    entity_type: catalogId === null ? owner : "catalogs",
    _links: selfLink(place, `${owner}/custom_fields/${field.id}`),
  };
}

function renderEnum(choice: FieldEnum): object {
  const { id, value, sort, code } = choice;
  return { id, value, sort, ...(code === null ? {} : { code }) };
}

function entityKeys(field: CustomField): object {
  const { required_statuses, remind, currency, chained_lists, tracking_callback } = field.details;
  return {
    group_id: field.groupId,
    required_statuses,
    hidden_statuses: [],
    is_deletable: field.isDeletable,
    is_predefined: field.isPredefined,
    remind,
    triggers: [],
    currency,
    chained_lists,
    tracking_callback,
    settings: null,
  };
}

function catalogKeys(field: CustomField, catalogId: number): object {
  const { is_visible, is_required, search_in, nested, currency, chained_lists } = field.details;
  return {
    catalog_id: catalogId,
    is_visible,
    is_required,
    is_deletable: field.isDeletable,
    triggers: [],
    search_in,
    nested,
    // Only where there is one: records of real catalogs have neither key.
    ...(currency === null ? {} : { currency }),
    ...(chained_lists === null ? {} : { chained_lists }),
  };
}
