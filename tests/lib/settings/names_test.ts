import assert from "node:assert/strict";
import { VARIABLE_NAMES } from "../../../lib/config.ts";
import { listSlips, suggestName } from "../../../lib/settings/names.ts";

Deno.test("listSlips() has each slip of one letter and no name of ours or of libpq", () => {
  const slips = listSlips("PG_HOST");
  for (const slip of ["PG_HOS", "PG_HOOST", "PG_HSOT", "PG_HOAT", "G_HOST", "PG_HOSTT"]) {
    assert.ok(slips.includes(slip), slip);
  }
  assert.deepEqual(["PG_HOST", "PGHOST", "PG_MAJOR"].filter((name) => slips.includes(name)), []);
  const all = VARIABLE_NAMES.flatMap(listSlips);
  assert.deepEqual(VARIABLE_NAMES.filter((name) => all.includes(name)), []);
});

Deno.test("suggestName() finds the name that is meant", () => {
  const found = [
    ["PG_HSOT", "PG_HOST"],
    ["PGHOST", "PG_HOST"],
    ["pg_host", "PG_HOST"],
    ["PG_PASWORD", "PG_PASSWORD"],
    ["AMO_SUBDOMIAN", "AMO_SUBDOMAIN"],
    ["AMO-TOKEN", "AMO_TOKEN"],
    ["BUSINESS_TIMEZONE", null],
    ["POSTGRES_DB", null],
  ] as const;
  for (const [unknown, meant] of found) {
    assert.equal(suggestName(unknown, VARIABLE_NAMES), meant, unknown);
  }
});
