import type { Entity } from "../../amocrm/wanted_fields.ts";
import { createCarParser, createClientParser } from "./element_record.ts";
import { createLeadParser } from "./lead_record.ts";
import type { RecordContext, RecordParser } from "./record.ts";

const CREATE: Readonly<Record<Entity, (context: RecordContext) => RecordParser>> = {
  leads: createLeadParser,
  clients: createClientParser,
  cars: createCarParser,
};

/** The parser of the records of an entity. */
export function createEntityParser(entity: Entity, context: RecordContext): RecordParser {
  return CREATE[entity](context);
}
