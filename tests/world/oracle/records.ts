import {
  type Cell,
  dig,
  isObject,
  type Json,
  startOf,
  toDay,
  toInstant,
  toMicros,
  toNumber,
  toText,
  toWhole,
} from "./values.ts";

export type Entity = "leads" | "clients" | "cars";

/** The typed columns of a record, without id and updated_at. */
export type Columns = Readonly<Record<string, Cell>>;

/** A value that did not parse: its column and what it was. */
export interface Rejection {
  readonly field: string;
  readonly raw: string;
}

/** A record as it was shown: everything that STG types. */
export interface Shown {
  readonly id: number;
  readonly updatedAt: number;
  readonly columns: Columns;
  readonly rejected: readonly Rejection[];
}

/** What must be known of an account to read its records. */
export interface Reader {
  readonly accountZone: string;
  readonly businessZone: string;
  readonly carsCatalogId: number;
  readonly clientsCatalogId: number;
  /** Ids and types of the custom fields, by entity and column. */
  readonly fields: Readonly<Record<Entity, ReadonlyMap<string, FieldOf>>>;
}

export interface FieldOf {
  readonly id: number;
  readonly type: string;
}

/** The columns of each entity that a custom field fills, and how. */
const CUSTOM: Readonly<Record<Entity, Readonly<Record<string, Kind>>>> = {
  leads: {
    model: "text",
    plate: "text",
    dailyrate: "money",
    client_name: "text",
    license: "text",
    rental_start: "moment",
    rental_end: "moment",
  },
  clients: {
    client_name: "text",
    gender: "text",
    phone: "text",
    email: "text",
    nationality: "text",
    birth_date: "day",
    license: "text",
  },
  cars: {
    model: "text",
    color: "text",
    year: "whole",
    plate: "text",
    vin: "text",
    dailyrate: "money",
    in_fleet_from: "day",
    in_fleet_to: "day",
  },
};

type Kind = "text" | "money" | "whole" | "moment" | "day";

/** Every typed column of an entity but id and updated_at, in the order of its name. */
export const COLUMNS: Readonly<Record<Entity, readonly string[]>> = {
  leads: [
    ...["pipeline_id", "status_id", "responsible_user_id", "loss_reason_id", "name", "budget"],
    ...["created_at", "closed_at", "car_element_id", "client_element_id"],
    ...Object.keys(CUSTOM.leads),
  ].sort(),
  clients: ["created_at", ...Object.keys(CUSTOM.clients)].sort(),
  cars: ["created_at", ...Object.keys(CUSTOM.cars)].sort(),
};

/** Reads a record that the API showed living. */
export function readRecord(entity: Entity, record: Json, reader: Reader): Shown {
  const columns: Record<string, Cell> = {};
  const rejected: Rejection[] = [];
  const put = (field: string, raw: unknown, value: Cell | undefined) => {
    columns[field] = value ?? null;
    if (value !== undefined) return;
    rejected.push({ field, raw: typeof raw === "string" ? raw : JSON.stringify(raw) });
  };
  put("created_at", record.created_at, toNumber(record.created_at));
  if (entity === "leads") putLeadColumns(record, reader, put);
  for (const [column, kind] of Object.entries(CUSTOM[entity])) {
    const field = reader.fields[entity].get(column);
    const raw = field === undefined ? null : customValue(record, field.id);
    put(column, raw, toCell(kind, raw, field?.type ?? "", reader));
  }
  return {
    id: Number(record.id),
    updatedAt: Number(record.updated_at),
    columns,
    rejected,
  };
}

function putLeadColumns(
  record: Json,
  { carsCatalogId, clientsCatalogId }: Reader,
  put: (field: string, raw: unknown, value: Cell | undefined) => void,
): void {
  for (const id of ["pipeline_id", "status_id", "responsible_user_id", "loss_reason_id"]) {
    put(id, record[id], toNumber(record[id]));
  }
  put("name", record.name, toText(record.name));
  const price = record.price_with_minor_units ?? record.price;
  put("budget", price, toMicros(price));
  put("closed_at", record.closed_at, toNumber(record.closed_at));
  put("car_element_id", null, linkedElement(record, carsCatalogId));
  put("client_element_id", null, linkedElement(record, clientsCatalogId));
}

/** The linked element of a catalog; 0 when two different ones are. */
function linkedElement(record: Json, catalogId: number): number | null {
  const links = dig(record, "_embedded", "catalog_elements");
  const ids = (Array.isArray(links) ? links : [])
    .filter((link) => dig(link, "metadata", "catalog_id") === catalogId)
    .map((link) => Number(dig(link, "id")));
  const different = new Set(ids);
  return different.size > 1 ? 0 : ids[0] ?? null;
}

/** The first value of a field; null when the record has none. */
function customValue(record: Json, fieldId: number): unknown {
  const fields = record.custom_fields_values;
  if (!Array.isArray(fields)) return null;
  const field = fields.find((one) => isObject(one) && one.field_id === fieldId);
  return dig(field, "values", 0, "value") ?? null;
}

function toCell(kind: Kind, raw: unknown, type: string, reader: Reader): Cell | undefined {
  switch (kind) {
    case "text":
      return toText(raw);
    case "money":
      return toMicros(raw);
    case "whole":
      return toWhole(raw);
    case "day":
      return toDay(raw, reader.accountZone);
    case "moment": {
      if (type === "date_time") return toInstant(raw);
      const day = toDay(raw, reader.accountZone);
      return day === null ? null : startOf(day, reader.businessZone);
    }
  }
}
