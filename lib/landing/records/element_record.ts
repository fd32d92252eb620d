import { type ColumnKind, numbersOf, setCell, setCustomCells } from "./columns.ts";
import { createParser, type RecordContext, type RecordParser } from "./record.ts";
import { parseSeconds } from "./times.ts";

const CLIENT_COLUMNS: Readonly<Record<string, ColumnKind>> = {
  client_name: "text",
  gender: "text",
  phone: "text",
  email: "text",
  nationality: "text",
  birth_date: "day",
  license: "text",
};

const CAR_COLUMNS: Readonly<Record<string, ColumnKind>> = {
  model: "text",
  color: "text",
  year: "integer",
  plate: "text",
  vin: "text",
  dailyrate: "number",
  in_fleet_from: "day",
  in_fleet_to: "day",
};

/** Parses elements of the clients catalog into rows of `stg.stg_clients`. */
export function createClientParser(context: RecordContext): RecordParser {
  return createElementParser(CLIENT_COLUMNS, context);
}

/** Parses elements of the cars catalog into rows of `stg.stg_cars`. */
export function createCarParser(context: RecordContext): RecordParser {
  return createElementParser(CAR_COLUMNS, context);
}

// The element's own title is not read: an element without a name field has a null name.
function createElementParser(
  columns: Readonly<Record<string, ColumnKind>>,
  context: RecordContext,
): RecordParser {
  return createParser({
    columns: Object.keys(columns),
    numbers: new Set(numbersOf(columns)),
    fill(cells, record) {
      setCell(cells, "created_at", record.created_at, parseSeconds(record.created_at));
      const values = record.custom_fields_values;
      const isList = setCustomCells(cells, values, columns, context.fields, context.zones);
      return isList ? null : "custom_fields_values is not a list of fields";
    },
  }, context);
}
