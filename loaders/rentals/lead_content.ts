import type { Rental } from "./rental.ts";
import type { RentalAccount } from "./rental_account.ts";

/** What the loaders write into a lead, in a form that can be compared. */
export interface LeadContent {
  readonly statusId: number;
  /** Whole money. */
  readonly price: number;
  readonly model: string | null;
  readonly plate: string | null;
  readonly dailyrate: number | null;
  readonly client_name: string | null;
  readonly license: string | null;
  /** "2026-05-03", like the end. */
  readonly rental_start: string | null;
  readonly rental_end: string | null;
}

/** The parts of a content that are custom fields, by STG column. */
export const FIELD_COLUMNS = [
  "model",
  "plate",
  "dailyrate",
  "client_name",
  "license",
  "rental_start",
  "rental_end",
] as const;

/** A rental as the lead of an account. */
export function toContent(rental: Rental, { statusIds }: RentalAccount): LeadContent {
  const { car, client } = rental;
  return {
    statusId: statusIds[rental.stage],
    price: rental.price,
    model: car.model || null,
    plate: car.plate,
    dailyrate: car.dailyrate,
    client_name: client?.name ?? null,
    license: client?.license ?? null,
    rental_start: rental.start.toString(),
    rental_end: rental.end.toString(),
  };
}

/** A custom field with its value, as POST and PATCH of leads take it. */
export interface SentField {
  readonly field_id: number;
  readonly values: readonly { readonly value: string | number }[];
}

/**
 * What POST and PATCH of leads take for a content, or for a part of one, and for `more` fields. Null says
 * nothing of a field: it stays as it is.
 */
export function toLeadItem(
  content: Partial<LeadContent>,
  account: RentalAccount,
  more: readonly SentField[] = [],
): object {
  const known = FIELD_COLUMNS.flatMap((column) => {
    const value = content[column] ?? null;
    const field = account.fields[column];
    if (value === null || field === undefined) return [];
    return [{ field_id: field.id, values: [{ value: toFieldValue(value, field.type, account) }] }];
  });
  const values: readonly SentField[] = [...known, ...more];
  return {
    ...(content.statusId === undefined
      ? {}
      : { status_id: content.statusId, pipeline_id: account.pipeline.id }),
    ...(content.price === undefined ? {} : { price: content.price }),
    ...(values.length === 0 ? {} : { custom_fields_values: values }),
  };
}

/** Days as unix seconds of their midnight: the account's for a `date`, the business's for a `date_time`. */
function toFieldValue(
  value: string | number,
  fieldType: string,
  { zones }: RentalAccount,
): string | number {
  if (fieldType !== "date" && fieldType !== "date_time") return String(value);
  const zone = fieldType === "date" ? zones.account : zones.business;
  const midnight = Temporal.PlainDate.from(String(value)).toZonedDateTime(zone);
  return Math.floor(midnight.epochMilliseconds / 1000);
}
