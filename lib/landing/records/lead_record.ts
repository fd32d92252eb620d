import { type Cells, type ColumnKind, numbersOf, setCell, setCustomCells } from "./columns.ts";
import { createParser, type RecordContext, type RecordParser } from "./record.ts";
import { parseSeconds } from "./times.ts";
import { parseId, parseNumber, parseText } from "./values.ts";

const CUSTOM_COLUMNS: Readonly<Record<string, ColumnKind>> = {
  model: "text",
  plate: "text",
  dailyrate: "number",
  client_name: "text",
  license: "text",
  rental_start: "moment",
  rental_end: "moment",
};

const ID_COLUMNS = ["pipeline_id", "status_id", "responsible_user_id", "loss_reason_id"];

const COLUMNS = [
  ...ID_COLUMNS,
  "name",
  "budget",
  "closed_at",
  "car_element_id",
  "client_element_id",
  ...Object.keys(CUSTOM_COLUMNS),
];

const NUMBERS = new Set(["budget", ...numbersOf(CUSTOM_COLUMNS)]);

/** Parses leads as GET /leads?with=catalog_elements gives them, into rows of `stg.stg_leads`. */
export function createLeadParser(context: RecordContext): RecordParser {
  return createParser({
    columns: COLUMNS,
    numbers: NUMBERS,
    fill(cells, record) {
      for (const column of ID_COLUMNS) {
        setCell(cells, column, record[column], parseId(record[column]));
      }
      setCell(cells, "name", record.name, parseText(record.name ?? null));
      const budget = budgetOf(record);
      setCell(cells, "budget", budget, parseNumber(budget));
      setCell(cells, "created_at", record.created_at, parseSeconds(record.created_at));
      setCell(cells, "closed_at", record.closed_at, parseSeconds(record.closed_at));
      setLinkCells(cells, record, context);
      const isList = setCustomCells(
        cells,
        record.custom_fields_values,
        CUSTOM_COLUMNS,
        context.fields,
        context.zones,
      );
      return isList ? null : "custom_fields_values is not a list of fields";
    },
  }, context);
}

/** `price` is cut to whole units; `price_with_minor_units` is there since 2026, and not in every account. */
function budgetOf({ price, price_with_minor_units: exact }: Readonly<Record<string, unknown>>) {
  return exact ?? price ?? null;
}

/** The ids of the elements of a catalog that a lead is linked to, each once. */
export function linkedElementIds(
  record: Readonly<Record<string, unknown>>,
  catalogId: number,
): number[] {
  const links = readLinks(record._embedded).filter((link) => link.catalogId === catalogId);
  return [...new Set(links.map(({ id }) => id))];
}

function setLinkCells(
  cells: Cells,
  record: Readonly<Record<string, unknown>>,
  { carsCatalogId, clientsCatalogId }: RecordContext,
): void {
  cells.values.car_element_id = linkedElement(record, carsCatalogId);
  cells.values.client_element_id = linkedElement(record, clientsCatalogId);
}

/** The one element of the catalog that is linked; 0, the unknown member, when they are different ones. */
function linkedElement(
  record: Readonly<Record<string, unknown>>,
  catalogId: number | null,
): number | null {
  if (catalogId === null) return null;
  const [only, ...others] = linkedElementIds(record, catalogId);
  return others.length > 0 ? 0 : only ?? null;
}

interface Link {
  readonly id: number;
  readonly catalogId: number;
}

function readLinks(embedded: unknown): Link[] {
  if (typeof embedded !== "object" || embedded === null) return [];
  const { catalog_elements: elements }: { catalog_elements?: unknown } = embedded;
  return Array.isArray(elements) ? elements.flatMap(toLink) : [];
}

function toLink(element: unknown): Link[] {
  if (typeof element !== "object" || element === null) return [];
  const { id, metadata, catalog_id }: { id?: unknown; metadata?: unknown; catalog_id?: unknown } =
    element;
  const inner = typeof metadata === "object" && metadata !== null && "catalog_id" in metadata
    ? metadata.catalog_id
    : catalog_id;
  return typeof id === "number" && typeof inner === "number" ? [{ id, catalogId: inner }] : [];
}
