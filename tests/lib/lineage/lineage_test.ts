import assert from "node:assert/strict";
import { readSqlTexts } from "../../../lib/lineage/files.ts";
import { type LineageNode, readLineage } from "../../../lib/lineage/lineage.ts";
import { openParser, ParseError } from "../../../lib/lineage/parser.ts";
import { dags } from "../../../pipeline/daily.ts";

const files = await readSqlTexts();
const lineage = await readLineage(dags, files);

function nodeOf(name: string): LineageNode {
  const node = lineage.get(name);
  assert.ok(node, name);
  return node;
}

Deno.test("openParser() gives a parser that reads every file of sql/", async () => {
  const { parseSql } = await openParser();
  const refused = files.flatMap(({ path, text }) => {
    try {
      parseSql(text);
      return [];
    } catch (error) {
      return [`sql/${path}: ${error}`];
    }
  });

  assert.deepEqual(refused, []);
  assert.ok(files.length > 150);
});

Deno.test("openParser() names the line of what it refuses", async () => {
  const { parseSql } = await openParser();
  assert.throws(
    () => parseSql("select 1;\nselect 'ж' from;"),
    new ParseError('syntax error at or near ";" at line 2'),
  );
});

Deno.test("readLineage() knows what five tables are made of, by which task and files, and who reads them", () => {
  assert.deepEqual(nodeOf("stg.stg_leads").reads, ["amocrm.events", "amocrm.leads"]);
  assert.deepEqual(nodeOf("stg.stg_leads").filledBy, [
    { dagId: "daily_amocrm_load_leads", taskId: "load_leads", files: ["stg/load_leads.sql"] },
    { dagId: "daily_amocrm_load_events", taskId: "load_events", files: ["stg/load_leads.sql"] },
  ]);

  const history = nodeOf("ods.ods_leads_hist");
  assert.deepEqual(history.reads, ["stg.stg_lead_events", "stg.stg_leads"]);
  assert.deepEqual(history.filledBy, [{
    dagId: "daily_load_ods_leads",
    taskId: "merge_ods_leads",
    files: [
      "ods/merge_ods_leads/copies.sql",
      "ods/merge_ods_leads/changes.sql",
      "ods/next_versions.sql",
      "ods/true_versions.sql",
      "ods/compared_versions.sql",
      "ods/versions.sql",
      "ods/merge_ods_leads/first_build.sql",
      "ods/merge_ods_leads.sql",
    ],
  }]);

  const statuses = nodeOf("dict.dict_status_leads");
  assert.deepEqual(statuses.reads, ["dict.dict_stage_rule", "dict.dict_status_leads_stg"]);
  assert.deepEqual(statuses.madeBy, ["migrations/0004_dict.sql"]);

  const changes = nodeOf("dds.fact_lead_status_change");
  assert.deepEqual(changes.reads, [
    "stg.stg_lead_events",
    "stg.stg_leads",
    // Whether there are any: a first build writes what is in it in another way.
    "dds.lead_first_status",
  ]);

  const rentals = nodeOf("dds.fact_rentals");
  assert.deepEqual(rentals.reads, [
    "stg.stg_cars",
    "stg.stg_clients",
    "stg.stg_lead_events",
    "stg.stg_leads",
    "ods.ods_cars_hist",
    "ods.ods_clients_hist",
    "ods.ods_leads_hist",
    "dict.dict_status_leads",
    "dict.dict_status_leads_stg",
    "dds.fact_lead_status_change",
    "dds.lead_first_status",
  ]);
  assert.deepEqual(rentals.filledBy.map(({ taskId }) => taskId), ["merge_fact_rentals"]);
  assert.ok(rentals.readBy.includes("dds.fact_fleet_usage_day"));
});

Deno.test("readLineage() resolves views and functions to their tables, and keeps sources apart", () => {
  assert.deepEqual(nodeOf("stg.sights").reads, [
    "stg.stg_cars",
    "stg.stg_clients",
    "stg.stg_leads",
  ]);
  assert.equal(nodeOf("stg.sights").kind, "view");
  assert.deepEqual(nodeOf("ops.dag_state").reads, ["ops.rebuild", "ops.run_log"]);
  assert.deepEqual(nodeOf("amocrm.leads").pulls, [
    "the leads that changed; all of them the first time and once a week",
  ]);
  assert.deepEqual(nodeOf("amocrm.leads").readBy, ["stg.rejected", "stg.stg_leads"]);
});

Deno.test("readLineage() finds a filler of every table of data but those that people and migrations fill", () => {
  const unfilled = [...lineage.values()]
    .filter(({ kind, layer, filledBy }) =>
      kind === "table" && layer !== "ops" && filledBy.length === 0
    )
    .map(({ name }) => name);

  assert.deepEqual(unfilled, ["dict.dict_stage_rule"]);
});

Deno.test("readLineage() follows temporary tables, common table expressions and functions through the files of a task", async () => {
  const text = (path: string, lines: string) => ({ path, text: lines });
  const found = await readLineage([{
    id: "some_dag",
    description: "",
    tags: [],
    schedule: "04:00",
    waitsFor: [],
    tasks: [{ id: "fill", sqlFiles: ["a.sql", "b.sql"] }],
  }], [
    text(
      "migrations/0001.sql",
      `create table stg.one (a int);
       create table stg.two (a int);
       create table stg.three (a int);
       create table dds.target (a int);
       create view stg.both as select a from stg.one union all select a from stg.two;
       create function stg.rows_of() returns int language plpgsql as $$
       declare
           found int;
       begin
           found := (select max(a) from stg.three);
           return found;
       end;
       $$;`,
    ),
    text("a.sql", "create temporary table seen on commit drop as select a from stg.both;"),
    text(
      "b.sql",
      `with target as (select a from seen)
       insert into dds.target (a) select a + stg.rows_of() from target
       on conflict do nothing;`,
    ),
  ]);

  assert.deepEqual(found.get("dds.target"), {
    name: "dds.target",
    kind: "table",
    layer: "dds",
    madeBy: ["migrations/0001.sql"],
    filledBy: [{ dagId: "some_dag", taskId: "fill", files: ["a.sql", "b.sql"] }],
    reads: ["stg.one", "stg.three", "stg.two"],
    readBy: [],
    pulls: [],
  });
});
