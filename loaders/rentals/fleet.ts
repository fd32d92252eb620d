import type { Logger } from "@logtape/logtape";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import { scanElements } from "../../lib/amocrm/element_scan.ts";
import { readCustomFields, resolveFields } from "../../lib/amocrm/fields.ts";
import type { AmoSettings } from "../../lib/config.ts";
import { createCarParser, createClientParser } from "../../lib/landing/records/element_record.ts";
import type { RecordContext, RecordParser, StgRow } from "../../lib/landing/records/record.ts";
import type { TimeZones } from "../../lib/landing/records/times.ts";
import type { Car, Client } from "./rental.ts";

/** Who can rent what: the elements of the two catalogs. */
export interface Fleet {
  /** The cheapest one first, which is the most popular one. */
  readonly cars: readonly Car[];
  readonly clients: readonly Client[];
}

/** Ids of the two catalogs. */
export interface FleetCatalogs {
  readonly cars: number;
  readonly clients: number;
}

/** Reads cars and clients. Cars without plate or rate and clients without name or licence are left out, with a warning. */
export async function readFleet(
  client: AmoClient,
  settings: AmoSettings,
  catalogs: FleetCatalogs,
  zones: TimeZones,
  log: Logger,
): Promise<Fleet> {
  const read = async (
    entity: "cars" | "clients",
    createRecordParser: (context: RecordContext) => RecordParser,
  ) => {
    const fields = await readCustomFields(client, `/api/v4/catalogs/${catalogs[entity]}`);
    const context = {
      fields: resolveFields(entity, fields, settings.fieldMap[entity], log),
      zones,
      carsCatalogId: null,
      clientsCatalogId: null,
    };
    return await readRows(client, catalogs[entity], createRecordParser(context));
  };
  const carRows = await read("cars", createCarParser);
  const clientRows = await read("clients", createClientParser);
  const cars = carRows.flatMap((row) => toCar(row) ?? []);
  const clients = clientRows.flatMap((row) => toClient(row) ?? []);
  warnAboutRest(log, "cars", "plate or daily rate", carRows.length - cars.length);
  warnAboutRest(log, "clients", "name or licence", clientRows.length - clients.length);
  return { cars: cars.sort((a, b) => a.dailyrate - b.dailyrate || a.id - b.id), clients };
}

async function readRows(
  client: AmoClient,
  catalogId: number,
  parse: RecordParser,
): Promise<StgRow[]> {
  // By id: a moving list gives an element once more when it has changed in between.
  const rows = new Map<number, StgRow>();
  await scanElements(client, catalogId, (records, observedAt) => {
    for (const record of records) {
      const { id, row } = parse(record, observedAt.toString());
      if (id !== null && row !== null && row.is_deleted !== true) rows.set(id, row);
    }
    return Promise.resolve();
  });
  return [...rows.values()].sort((a, b) => Number(a.id) - Number(b.id));
}

function toCar({ id, model, plate, dailyrate }: StgRow): Car | null {
  const rate = Number(dailyrate);
  if (typeof plate !== "string" || !(rate > 0)) return null;
  return {
    id: Number(id),
    model: typeof model === "string" ? model : "",
    plate,
    dailyrate: rate,
  };
}

function toClient({ id, client_name: name, license }: StgRow): Client | null {
  return typeof name === "string" && typeof license === "string"
    ? { id: Number(id), name, license }
    : null;
}

function warnAboutRest(log: Logger, entity: string, lack: string, count: number): void {
  if (count === 0) return;
  log.warn("{count} {entity} without {lack} are left out", { count, entity, lack });
}
