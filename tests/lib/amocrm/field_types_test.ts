import assert from "node:assert/strict";
import { canCarry, type WantedType } from "../../../lib/amocrm/field_types.ts";

/** All types that the API knows, and one that it may know one day. */
const TYPES =
  "text numeric checkbox select multiselect multitext date url textarea radiobutton streetaddress smart_address birthday legal_entity date_time items category price tracking_data linked_entity org_legal_name monetary chained_list file payer supplier something_new"
    .split(" ");

const NOTHING_READS = "checkbox legal_entity items linked_entity chained_list file payer supplier";
const REFUSED: Readonly<Record<WantedType, string>> = {
  text: `${NOTHING_READS} date birthday date_time`,
  numeric: `${NOTHING_READS} date birthday date_time`,
  date: `${NOTHING_READS} numeric price monetary`,
  birthday: `${NOTHING_READS} numeric price monetary`,
};

for (const wanted of ["text", "numeric", "date", "birthday"] as const) {
  Deno.test(`canCarry() refuses for a ${wanted} column what cannot be read as one`, () => {
    const refused = TYPES.filter((type) => !canCarry(wanted, type));
    assert.deepEqual(refused.sort(), REFUSED[wanted].split(" ").sort());
  });
}
