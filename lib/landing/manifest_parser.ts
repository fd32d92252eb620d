import type { Entity } from "../amocrm/wanted_fields.ts";
import { createEntityParser } from "./records/entity_parser.ts";
import type { RecordParser } from "./records/record.ts";
import type { SnapshotManifest } from "./snapshot.ts";

/** The parser of the records of a snapshot, by what its manifest says of the account. */
export function createManifestParser(
  entity: Entity,
  { fields, accountTimeZone, carsCatalogId, clientsCatalogId }: SnapshotManifest,
  businessTz: string,
): RecordParser {
  const zones = { account: accountTimeZone, business: businessTz };
  return createEntityParser(entity, { fields, zones, carsCatalogId, clientsCatalogId });
}
