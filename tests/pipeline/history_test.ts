import assert from "node:assert/strict";
import { readConfig } from "../../lib/config.ts";
import { dags } from "../../pipeline/daily.ts";
import { main } from "../../pipeline/history.ts";
import { formatHistory } from "../../pipeline/history/format.ts";
import { parseMoment } from "../../lib/history/moment.ts";
import { describeDifference, rebuildHistory } from "../../pipeline/history/rebuild_history.ts";
import { showCommand } from "../../pipeline/history/show.ts";
import { type Ask, readHistory } from "../../lib/history/record_history.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { testScripts } from "../support/daily_setup.ts";
import { dubai, element, INQUIRY, lead, liveDay, OTHER, RENTALS } from "../support/rentals.ts";
import { addAttempt } from "../support/run_log_rows.ts";
import { dump, land, landRestores } from "../support/staged.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

function askOf({ sql }: Warehouse): Ask {
  return (sqlFile, values) => querySqlFile(sql, sqlFile, values);
}

const CONFIG = readConfig({}, { amo: false });
const DUBAI = "Asia/Dubai";

/** A lead that changes its plate, is deleted and returns, another one, and a car. */
const LEADS = [
  lead(7, "2026-05-01 10:00", { status_id: INQUIRY, plate: "A 1", client_name: "Анна" }),
  lead(7, "2026-05-02 10:00", { status_id: INQUIRY, plate: "B 2", client_name: "Анна" }),
  { id: 7, updated_at: dubai("2026-05-03 09:00"), is_deleted: true, deleted_by: "event" },
  lead(7, "2026-05-02 10:00", {
    status_id: INQUIRY,
    plate: "B 2",
    client_name: "Анна",
    observed_at: dubai("2026-05-04 04:00"),
    payload: { id: 7, name: "as it came" },
  }),
  lead(8, "2026-05-01 10:00", { status_id: INQUIRY }),
];

testOnBothWarehouses(
  "rebuildHistory() puts right what differs from stg, and lets what follows from it be computed anew",
  async (warehouse) => {
    const { sql } = warehouse;
    await liveDay(warehouse, "2026-05-04", {
      leads: LEADS,
      cars: [element(5, "2026-05-01 08:00", {})],
    });
    const dag = "daily_build_dds_fact";
    for (const task of ["merge_fact_rentals", "merge_dim_date"]) {
      await addAttempt(sql, { dag, task, date: "2026-05-04", status: "success" });
    }
    const right = await dump(warehouse, "ods.ods_leads_hist", "id, valid_from");
    await sql`update ods.ods_leads_hist set plate = 'Z 9' where id = 7 and valid_to is null`;
    await sql`delete from ods.ods_leads_hist where id = 8`;
    await sql`
      insert into ods.ods_leads_hist (id, updated_at, valid_from, is_current, load_date)
      values (9, now(), now(), true, current_date)
    `;
    const rebuild = (dryRun: boolean) => rebuildHistory(warehouse, dags, CONFIG, "leads", dryRun);
    const found = { copies: 5, missing: 1, wrong: 1, surplus: 1, ids: [7, 8, 9] };

    assert.deepEqual(await rebuild(true), found);
    assert.notDeepEqual(await dump(warehouse, "ods.ods_leads_hist", "id, valid_from"), right);
    assert.deepEqual(await rebuild(false), found);

    assert.deepEqual(await dump(warehouse, "ods.ods_leads_hist", "id, valid_from"), right);
    assert.deepEqual(await rebuild(false), {
      copies: 5,
      missing: 0,
      wrong: 0,
      surplus: 0,
      ids: [],
    });
    const states = await sql`
      select task_id, is_stale, newer_upstream from ops.task_state order by task_id
    `;
    assert.deepEqual([...states], [
      { task_id: "merge_dim_date", is_stale: false, newer_upstream: null },
      {
        task_id: "merge_fact_rentals",
        is_stale: true,
        newer_upstream: "the rebuilt history of leads",
      },
    ]);
    // The facts are read anew from the first row; nothing else is.
    const positions = await sql`
      select name, position > 0 as is_read from ops.watermark
      where name in ('ods.ods_leads_hist', 'dds.fact_rentals', 'dds.dim_car') order by name
    `.values();
    assert.deepEqual([...positions], [
      ["dds.dim_car", true],
      ["dds.fact_rentals", false],
      ["ods.ods_leads_hist", true],
    ]);
  },
);

testOnBothWarehouses(
  "rebuildHistory() lets nothing go on from a version that is there already",
  async (warehouse) => {
    const { sql } = warehouse;
    await liveDay(warehouse, "2026-05-04", { leads: LEADS });
    await sql`
      insert into ods.ods_leads_hist (id, updated_at, valid_from, is_current, load_date)
      values (9, '2026-05-02Z', '2026-05-02Z', true, '2026-05-02')
    `;
    // Its first copy, later than all that was merged before.
    await land(warehouse, "stg_leads", [lead(9, "2026-05-05 10:00", { status_id: INQUIRY })]);

    assert.deepEqual(await rebuildHistory(warehouse, dags, CONFIG, "leads", false), {
      copies: 6,
      missing: 1,
      wrong: 0,
      surplus: 1,
      ids: [9],
    });

    const versions = await sql`
      select valid_from, valid_to, status_id from ods.ods_leads_hist where id = 9
    `;
    assert.deepEqual([...versions], [
      { valid_from: new Date(dubai("2026-05-05 10:00")), valid_to: null, status_id: INQUIRY },
    ]);
  },
);

testOnBothWarehouses(
  "rebuildHistory() writes nothing when the history that it computed does not pass its checks",
  async (warehouse) => {
    const { sql } = warehouse;
    await liveDay(warehouse, "2026-05-04", { leads: LEADS });
    await sql`update ods.ods_leads_hist set plate = 'Z 9' where id = 7 and valid_to is null`;
    const before = await dump(warehouse, "ods.ods_leads_hist", "id, valid_from");
    // Stands for a fault of the merge.
    await sql.unsafe(`
      create function ods.spoil() returns trigger language plpgsql
      as $$ begin new.plate := 'Z 9'; return new; end $$;
      create trigger spoil before insert on ods.ods_leads_hist for each row execute function ods.spoil();
    `);
    try {
      await assert.rejects(rebuildHistory(warehouse, dags, CONFIG, "leads", false), {
        message:
          /^Cannot rebuild the history of leads: history_newest_observation found 1 in ods\.ods_leads_hist \(id 7: the version of .*\), expected none: nothing was written; report this line, it is a fault of the merge$/,
      });
    } finally {
      await sql.unsafe("drop trigger spoil on ods.ods_leads_hist; drop function ods.spoil()");
    }
    assert.deepEqual(await dump(warehouse, "ods.ods_leads_hist", "id, valid_from"), before);
  },
);

Deno.test("describeDifference() names the first ten records", () => {
  const ids = Array.from({ length: 12 }, (_, i) => i + 1);
  assert.equal(
    describeDifference("leads", { copies: 1234, missing: 12, wrong: 1, surplus: 0, ids }),
    "leads: by 1,234 copies in stg, 12 versions are missing, 1 are wrong and 0 too many, of 12 leads: " +
      "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …",
  );
  assert.equal(
    describeDifference("cars", { copies: 1, missing: 0, wrong: 0, surplus: 0, ids: [] }),
    "cars: the history is what 1 copy in stg say",
  );
});

testOnBothWarehouses(
  "formatHistory() shows the versions side by side, what was seen and the events",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-04", { leads: LEADS });
    await landRestores(warehouse, [{ lead_id: 7, created_at: dubai("2026-05-03 12:00") }]);
    await warehouse.sql`
      insert into stg.stg_lead_events
        (id, lead_id, type, created_at, before, after, survivor_id, run_id, load_date)
      values
        (
          'e1', 7, 'lead_status_changed', ${dubai("2026-05-01 09:00")},
          ${JSON.stringify([{ lead_status: { id: 7, pipeline_id: OTHER } }])}::jsonb,
          ${JSON.stringify([{ lead_status: { id: INQUIRY, pipeline_id: RENTALS } }])}::jsonb,
          null, gen_random_uuid(), '2026-05-04'
        )
    `;
    const view = { timeZone: DUBAI, width: 74, moment: null };

    const history = await readHistory(askOf(warehouse), "leads", 7, null);

    assert.equal(
      formatHistory("lead 7", history, view),
      `lead 7 (times in Asia/Dubai)
version of   2026-05-01 10:00:00  2026-05-02 10:00:00
pipeline_id  10                   10
status_id    1                    1
plate        A 1                  * B 2
client_name  Анна                 Анна
created_at   2026-05-01 08:00:00  2026-05-01 08:00:00
updated_at   2026-05-01 10:00:00  2026-05-02 10:00:00
valid_to     2026-05-02 10:00:00  2026-05-03 09:00:00
closed_by                         event

version of   2026-05-04 04:00:00
pipeline_id  10
status_id    1
plate        B 2
client_name  Анна
created_at   2026-05-01 08:00:00
updated_at   2026-05-02 10:00:00
valid_to
closed_by

Seen, as landed in stg:
  seen                 says it was changed  deleted by
  2026-05-01 10:00:00  2026-05-01 10:00:00
  2026-05-02 10:00:00  2026-05-02 10:00:00
  2026-05-03 09:00:00  2026-05-03 09:00:00  event
  2026-05-04 04:00:00  2026-05-02 10:00:00

Events of the CRM:
  at                   type                 from  to
  2026-05-01 09:00:00  lead_status_changed  20/7  10/1
  2026-05-03 12:00:00  lead_restored`,
    );
    assert.deepEqual(history.sights.at(-1)?.payload, { id: 7, name: "as it came" });

    const moment = parseMoment("2026-05-02", DUBAI);
    const then = await readHistory(askOf(warehouse), "leads", 7, moment);
    assert.equal(
      formatHistory("lead 7", then, { ...view, moment }).split("\n").slice(0, 4).join("\n"),
      `lead 7 at 2026-05-02 00:00:00 (times in Asia/Dubai)
version of   2026-05-01 10:00:00
pipeline_id  10
status_id    1`,
    );
    assert.deepEqual([then.versions.length, then.sights.length, then.events.length], [1, 1, 1]);
  },
);

Deno.test("parseMoment() takes days and times of the business, and instants", () => {
  const parse = (text: string) => parseMoment(text, DUBAI).toString();
  assert.equal(parse("2026-05-03"), "2026-05-02T20:00:00Z");
  assert.equal(parse("2026-05-03 10:00"), "2026-05-03T06:00:00Z");
  assert.equal(parse("2026-05-03T10:00:00+03:00"), "2026-05-03T07:00:00Z");
  assert.throws(() => parse("2026-02-30"), {
    name: "ConfigError",
    message:
      'Cannot use the moment "2026-02-30": expected one like 2026-05-03, "2026-05-03 10:00" or ' +
      "2026-05-03T10:00:00+04:00",
  });
  for (const text of ["0001-01-01", "0999-12-31T10:00:00Z", "+275760-09-13T00:00:00Z"]) {
    assert.throws(() => parse(text), { name: "ConfigError" });
  }
});

Deno.test("history show says that it prints personal data, and refuses an id that is none", async () => {
  assert.match(showCommand(() => {}).helpInformation(), /It prints personal data/);
  await assert.rejects(main(["show", "car", "five"]), {
    name: "ConfigError",
    message: 'Cannot use the id "five": expected a whole number',
  });
});

testScripts(
  "history shows a record and computes histories anew only when told to",
  async (setup) => {
    await setup.run("migrate", []);
    await setup.inspect((warehouse) =>
      liveDay(warehouse, "2026-05-04", { cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })] })
    );

    const shown = await setup.start("history", ["show", "car", "--payload"]);
    const none = await setup.run("history", ["show", "lead"]);
    const unknown = await setup.run("history", ["show", "lead", "5"]);
    const odd = await setup.run("history", ["show", "car", "five"]);
    const help = await setup.run("history", ["show", "--help"]);
    await setup.inspect(({ sql }) => sql`delete from ods.ods_cars_hist`);
    const tried = await setup.run("history", ["rebuild", "cars"]);
    const done = await setup.run("history", ["rebuild", "--yes"]);
    const again = await setup.run("history", ["rebuild", "--dry-run"]);

    assert.match(shown.stdout, /^car 5 \(times in Asia\/Dubai\)\n.*\nplate +A 1\n[^]*\n\{\}\n$/);
    assert.equal(none.code, 1);
    assert.match(
      none.stderr,
      /^Cannot show the newest lead: none has landed yet, expected one: deno task daily loads/,
    );
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.stderr,
      /^Cannot find lead 5: the warehouse has no row of it, expected one: it may not have landed yet, or be of another pipeline; deno task history show lead shows/,
    );
    assert.equal(odd.code, 2);
    assert.match(help.stdout, /It prints personal data/);
    assert.match(
      tried.stdout,
      /\ncars: by 1 copy in stg, 1 versions are missing, .*: 5\nNothing was changed: add --yes to replace what differs \(cars\)\n$/,
    );
    assert.match(
      done.stdout,
      /cars: .* 1 versions are missing.*\nfacts: .*\nmarts: .*\nReplaced \(cars\); what follows from that is due: deno task daily\n$/,
    );
    assert.match(
      again.stdout,
      /\ncars: the history is what 1 copy in stg say\nfacts: .*\nmarts: they were never built, .*\nNothing differs, nothing was changed\n$/,
    );
  },
);
