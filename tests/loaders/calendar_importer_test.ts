import assert from "node:assert/strict";
import { join } from "node:path";
import { linkedElementIds } from "../../lib/landing/records/lead_record.ts";
import type { ExistingLead } from "../../loaders/rentals/existing_leads.ts";
import { addElements, type LoaderAccount, withLoaderAccount } from "../support/loader_account.ts";
import { readUntil } from "../support/script.ts";

/** Lines of an event beside its UID: three days from 10 May, a week after the account's today. */
const DAYS = ["DTSTART;VALUE=DATE:20260510", "DTEND;VALUE=DATE:20260513"];

/** Events by UID. */
type Events = Readonly<Record<string, readonly string[]>>;

/** Writes a calendar into the folder of the account and imports it. */
async function importEvents(
  account: LoaderAccount,
  events: Events,
  args: readonly string[] = ["--yes"],
  env: Readonly<Record<string, string>> = {},
) {
  const file = await writeCalendar(account, events);
  return await account.run("calendar_importer", ["--file", file, ...args], env);
}

async function writeCalendar({ folder }: LoaderAccount, events: Events): Promise<string> {
  const lines = Object.entries(events).flatMap(([uid, event]) => [
    "BEGIN:VEVENT",
    `UID:${uid}`,
    ...event,
    "END:VEVENT",
  ]);
  const file = join(folder, "rentals.ics");
  await Deno.writeTextFile(file, ["BEGIN:VCALENDAR", ...lines, "END:VCALENDAR"].join("\r\n"));
  return file;
}

/** `count` rentals, one after the other, of the account's cars in turn. */
function manyEvents(count: number): Events {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => {
    const start = Temporal.PlainDate.from("2026-05-01").add({ days: Math.floor(i / 12) });
    const day = start.toString().replaceAll("-", "");
    return [`uid-${i}`, [`DTSTART;VALUE=DATE:${day}`, `SUMMARY:A ${10 + i % 12}`]];
  }));
}

function resultOf(stdout: string): string | undefined {
  return stdout.split("\n").find((line) => line.startsWith("Leads: "));
}

/** What a lead is like, for people. */
async function describe({ read }: LoaderAccount, lead: ExistingLead): Promise<object> {
  const { cars, clients } = await read();
  return {
    stage: lead.stage,
    price: lead.price,
    plate: lead.plate,
    rate: lead.dailyrate,
    client: lead.client_name,
    days: `${lead.rental_start}/${lead.rental_end}`,
    car: cars.find(({ id }) => id === lead.carId)?.plate,
    linkedClient: clients.find(({ id }) => id === lead.clientId)?.name,
  };
}

async function onlyLead(account: LoaderAccount): Promise<ExistingLead> {
  const leads = await account.leads();
  const [lead] = leads;
  assert.equal(leads.length, 1);
  if (!lead) throw new Error("Expected one lead, found none");
  return lead;
}

Deno.test("calendar_importer imports the demo's calendar, and changes nothing the second time", async () => {
  await withLoaderAccount(async (account) => {
    await addDemoFleet(account);
    const args = ["--yes", "--date", "2026-05-15"];

    const first = await account.run("calendar_importer", args);
    const leads = await account.leads();
    account.takeWrites();
    const second = await account.run("calendar_importer", args);

    assert.deepEqual([first.code, second.code], [0, 0], first.stderr + second.stderr);
    assert.equal(resultOf(first.stdout), "Leads: 40 created, 0 changed, 0 as they were");
    assert.equal(resultOf(second.stdout), "Leads: 0 created, 0 changed, 40 as they were");
    assert.deepEqual(account.takeWrites(), []);
    assert.deepEqual(await account.leads(), leads);
    assert.deepEqual([...new Set(leads.map(({ stage }) => stage))].sort(), [
      "confirmed",
      "returned",
    ]);
    assert.ok(leads.every(({ carId, clientId }) => carId !== null && clientId !== null));
  }, { cars: 0, clients: 0 });
});

/** The cars and clients of loaders/data, as far as a calendar needs them. */
async function addDemoFleet({ run }: LoaderAccount): Promise<void> {
  const cars = await run("json_importer", [
    ...["--yes", "--file", "loaders/data/cars_catalog_elements.json"],
  ]);
  const clients = await run("json_importer", ["--yes"]);
  assert.deepEqual([cars.code, clients.code], [0, 0], cars.stderr + clients.stderr);
}

Deno.test("calendar_importer changes the lead of an event that was moved to other days and another car", async () => {
  await withLoaderAccount(async (account) => {
    const description = "DESCRIPTION:License: L-1";
    await importEvents(account, { one: [...DAYS, "SUMMARY:A 10", description] });
    const before = await onlyLead(account);
    assert.deepEqual(await describe(account, before), {
      stage: "confirmed",
      price: 3 * 90,
      plate: "A 10",
      rate: 90,
      client: "Client 1",
      days: "2026-05-10/2026-05-13",
      car: "A 10",
      linkedClient: "Client 1",
    });

    const { code, stdout } = await importEvents(account, {
      one: [
        ...["DTSTART;VALUE=DATE:20260512", "DTEND;VALUE=DATE:20260516", "SUMMARY:A 12"],
        "DESCRIPTION:License: L-2",
      ],
    });

    assert.equal(code, 0);
    assert.equal(resultOf(stdout), "Leads: 0 created, 1 changed, 0 as they were");
    const after = await onlyLead(account);
    assert.equal(after.id, before.id);
    assert.deepEqual(await describe(account, after), {
      stage: "confirmed",
      price: 4 * 110,
      plate: "A 12",
      rate: 110,
      client: "Client 2",
      days: "2026-05-12/2026-05-16",
      car: "A 12",
      linkedClient: "Client 2",
    });
    const { carsCatalogId } = await account.read();
    assert.equal(linkedElementIds(after.record, carsCatalogId).length, 1);
  });
});

Deno.test("calendar_importer leaves what people did in the CRM: name, price, client, a later stage", async () => {
  await withLoaderAccount(async (account) => {
    const events = { one: [...DAYS, "SUMMARY:A 10"] };
    await importEvents(account, events);
    const { id } = await onlyLead(account);
    const { statusIds, pipeline } = await account.read();
    await account.tools.client.send({
      method: "PATCH",
      path: "/api/v4/leads",
      json: [{
        id,
        name: "Mr Quux, VIP",
        price: 250,
        status_id: statusIds.on_rent,
        pipeline_id: pipeline.id,
      }],
      isRepeatable: true,
    });
    const byHand = await onlyLead(account);

    const same = await importEvents(account, events);
    assert.equal(resultOf(same.stdout), "Leads: 0 created, 0 changed, 1 as they were");
    assert.deepEqual(await onlyLead(account), byHand);

    // Over by then: the car is back, whatever stage people left the lead in.
    const later = await importEvents(account, events, ["--yes", "--date", "2026-05-13"]);
    assert.equal(resultOf(later.stdout), "Leads: 0 created, 1 changed, 0 as they were");
    const returned = await onlyLead(account);
    assert.deepEqual(
      [returned.name, returned.price, returned.stage],
      ["Mr Quux, VIP", 250, "returned"],
    );

    const earlier = await importEvents(account, events);
    assert.equal(resultOf(earlier.stdout), "Leads: 0 created, 0 changed, 1 as they were");
  });
});

Deno.test("calendar_importer cancels the lead of a cancelled event, and leaves that of a vanished one", async () => {
  await withLoaderAccount(async (account) => {
    await importEvents(account, { one: [...DAYS, "SUMMARY:A 10"], two: [...DAYS, "SUMMARY:A 11"] });

    const { code, stdout } = await importEvents(account, {
      one: [...DAYS, "SUMMARY:A 10", "STATUS:CANCELLED"],
    });

    assert.equal(code, 0);
    assert.match(
      stdout,
      /^Not in this calendar, and left as they are: 1 of earlier ones$/m,
    );
    const leads = await account.leads();
    assert.deepEqual(leads.map(({ plate, stage }) => [plate, stage]), [
      ["A 10", "cancelled"],
      ["A 11", "confirmed"],
    ]);
  });
});

Deno.test("calendar_importer says which events share days of a car, and imports them", async () => {
  await withLoaderAccount(async (account) => {
    await account.run("leads_generator", ["--yes", "--stages", "inquiry=0", "--count", "106"]);
    const taken = (await account.leads()).find(({ stage }) => stage === "on_rent");
    const day = "DTSTART;VALUE=DATE:20260503";

    const { code, stdout } = await importEvents(account, {
      one: [day, `SUMMARY:${taken?.plate}`],
      two: [day, `SUMMARY:${taken?.plate}`],
    });

    assert.equal(code, 0);
    const lines = stdout.split("\n").filter((line) => line.startsWith("event "));
    assert.deepEqual(lines, [
      `event 1, line 2 ("${taken?.plate}"): its car is booked on some of its days by lead ` +
      `${taken?.id} too`,
      `event 2, line 7 ("${taken?.plate}"): its car is booked on some of its days by event 1, ` +
      `lead ${taken?.id} too`,
    ]);
    assert.equal(resultOf(stdout), "Leads: 2 created, 0 changed, 0 as they were");
  });
});

Deno.test("calendar_importer imports the good events, lists the others with what they say, and ends with 1", async () => {
  await withLoaderAccount(async (account) => {
    const events = {
      one: [...DAYS, "SUMMARY:A 10"],
      two: [...DAYS, "SUMMARY:Zebediah Quux\\, +971 50 000 0001"],
      three: ["SUMMARY:A 11", "DTSTART:20260510T100000Z"],
      four: [...DAYS, "SUMMARY:A 12"],
    };

    const refused = await importEvents(account, events, ["--yes", "--strict"]);
    const writes = account.takeWrites();
    const imported = await importEvents(account, events);
    const skipped = await importEvents(account, events, ["--yes", "--skip-invalid"]);

    assert.deepEqual([refused.code, imported.code, skipped.code], [1, 1, 0], skipped.stderr);
    assert.deepEqual(writes, []);
    const problems = [
      'event 2, line 8 ("Zebediah Quux, [phone]"): its summary names no car that is in the catalog ' +
      "with plate and daily rate, expected one",
      'event 3, line 14 ("A 11"): its DTSTART "20260510T100000Z" is not a day, expected an all-day event',
    ];
    assert.deepEqual(refused.stdout.trimEnd().split("\n").slice(1), [
      ...problems,
      "Nothing is sent: correct the calendar, or leave out --strict",
      "Not everything was done, see above.",
    ]);
    assert.deepEqual(imported.stdout.trimEnd().split("\n").slice(1), [
      ...problems,
      "Leads: 2 created, 0 changed, 0 as they were",
      "Events that are not imported, see above: 2",
      "Not everything was done, see above.",
    ]);
    // People who read what was said know their calendar; a log goes to others.
    assert.ok(![refused, imported, skipped].some(({ stderr }) => stderr.includes("Quux")));
    assert.deepEqual((await account.leads()).map(({ plate }) => plate), ["A 10", "A 12"]);
  });
});

Deno.test("calendar_importer writes nothing without --yes and when dry, and then shows each request", async () => {
  await withLoaderAccount(async (account) => {
    const events = { one: [...DAYS, "SUMMARY:A 10"] };

    const shown = await importEvents(account, events, []);
    const dry = await importEvents(account, events, ["--yes", "--dry-run"]);

    assert.deepEqual([shown.code, dry.code], [0, 0]);
    assert.deepEqual(account.takeWrites(), []);
    assert.equal(resultOf(shown.stdout), "Leads: 1 to be created, 0 to be changed, 0 as they were");
    const requests = dry.stdout.split("\n").filter((line) => /^(POST|PATCH) /.test(line));
    assert.deepEqual(requests, [
      "POST /api/v4/leads/custom_fields (1 item)",
      "POST /api/v4/leads (1 item)",
      "POST /api/v4/leads/link (1 item)",
    ]);
  });
});

Deno.test("calendar_importer that was killed goes on where it was", async () => {
  await withLoaderAccount(async (account) => {
    account.sandbox.setSwitches({ latencyMs: 50 });
    const file = await writeCalendar(account, manyEvents(110));
    const args = ["--yes", "--file", file];
    const killed = account.command("calendar_importer", args).spawn();
    await readUntil(killed.stderr, "leads: 50 of 110");
    killed.kill("SIGKILL");
    await Promise.all([killed.status, killed.stdout.cancel(), killed.stderr.cancel()]);

    const repeated = await account.run("calendar_importer", args);

    assert.equal(repeated.code, 0, repeated.stderr);
    const leads = await account.leads();
    assert.equal(leads.length, 110);
    assert.ok(leads.every(({ carId }) => carId !== null));
    const third = await account.run("calendar_importer", args);
    assert.equal(resultOf(third.stdout), "Leads: 0 created, 0 changed, 110 as they were");
  });
});

Deno.test("calendar_importer ends in one lead per event after refused, lost and heavy answers", async () => {
  await withLoaderAccount(async (account) => {
    const { faults } = account.sandbox;
    faults.add({ kind: "status", status: 429 }, { times: 3, method: "POST" });
    // Done, but nobody gets to know: of the field, and of a batch.
    faults.add({ kind: "truncated" }, { path: "/api/v4/leads/custom_fields", method: "POST" });
    faults.add({ kind: "lost" }, { after: 5, path: "/api/v4/leads", method: "POST" });

    const { code, stderr } = await importEvents(account, manyEvents(60));

    assert.equal(code, 0, stderr);
    const leads = await account.leads();
    assert.equal(leads.length, 60);
    assert.ok(leads.every(({ carId }) => carId !== null));
  }, { switches: { heavyBatch: 20 } });
});

Deno.test("calendar_importer names the events that the account refuses, and imports the others", async () => {
  await withLoaderAccount(async (account) => {
    const { code, stdout } = await importEvents(account, manyEvents(5));

    assert.equal(code, 1);
    assert.match(stdout, /^event 3 was refused: \w+ at custom_fields_values\.\d+\S*$/m);
    assert.equal(resultOf(stdout), "Leads: 4 created, 0 changed, 0 as they were");
    assert.deepEqual((await account.leads()).map(({ plate }) => plate), [
      "A 10",
      "A 11",
      "A 13",
      "A 14",
    ]);
  }, { switches: { refusedText: "A 12" } });
});

Deno.test("calendar_importer refuses a token that only reads, and another account than the named one", async () => {
  await withLoaderAccount(async (account) => {
    const events = { one: [...DAYS, "SUMMARY:A 10"] };
    const env = { AMO_TOKEN: account.sandbox.issueToken({ scope: "read" }) };

    const readOnly = await importEvents(account, events, ["--yes"], env);
    const wrong = await importEvents(account, events, ["--yes", "--account", "mycompany"]);

    assert.deepEqual([readOnly.code, wrong.code], [1, 2]);
    assert.match(
      readOnly.stderr,
      /amoCRM answered 403, expected 200: the token has no right to this/,
    );
    assert.match(wrong.stderr, /--account says "mycompany", expected the same name/);
    assert.deepEqual(await account.leads(), []);
  });
});

Deno.test("calendar_importer refuses a field for UIDs that cannot hold them", async () => {
  await withLoaderAccount(async (account) => {
    await account.tools.client.send({
      method: "POST",
      path: "/api/v4/leads/custom_fields",
      json: [{ name: "calendar-uid", type: "numeric" }],
      isRepeatable: false,
    });

    const { code, stderr } = await importEvents(account, { one: [...DAYS, "SUMMARY:A 10"] });

    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Cannot keep UIDs in the field "calendar-uid" \(\d+\): it is of type numeric, expected text: rename it/,
    );
  });
});

Deno.test("calendar_importer finds its leads again after a clean-up of the fields", async () => {
  await withLoaderAccount(async (account) => {
    const events = { one: [...DAYS, "SUMMARY:A 10"] };
    await importEvents(account, events);

    const cleaned = await account.run("cleaner", ["--yes", "--with-values"]);
    const again = await importEvents(account, events);

    assert.deepEqual([cleaned.code, again.code], [0, 0], cleaned.stderr + again.stderr);
    assert.match(cleaned.stdout, /calendar imports find their leads by it/);
    assert.equal(resultOf(again.stdout), "Leads: 0 created, 0 changed, 1 as they were");
  });
});

Deno.test("calendar_importer leaves a car without a plate out of the question", async () => {
  await withLoaderAccount(async (account) => {
    await addElements(account.tools, "Cars", [{ Model: "Bad", "Daily rate": "100" }]);

    const { code, stderr } = await importEvents(account, { one: [...DAYS, "SUMMARY:A 10"] });

    assert.equal(code, 0, stderr);
    assert.equal((await onlyLead(account)).plate, "A 10");
  });
});

for (
  const [name, text, code, message] of [
    ["missing.ics", null, 2, /: there is none, expected one: check --file$/],
    ["list.ics", "[]", 1, /: it is not in the iCalendar format, expected a calendar as programs/],
    ["card.ics", "BEGIN:VCARD\nEND:VCARD", 1, /: it holds no VCALENDAR, expected a calendar as/],
  ] as const
) {
  Deno.test(`calendar_importer ends with exit code ${code} for ${name}`, async () => {
    await withLoaderAccount(async (account) => {
      const file = join(account.folder, name);
      if (text !== null) await Deno.writeTextFile(file, text);

      const result = await account.run("calendar_importer", ["--yes", "--file", file]);

      assert.equal(result.code, code);
      assert.match(result.stderr.trim(), message);
      assert.ok(result.stderr.startsWith(`Cannot read the file "${file}"`));
    }, { cars: 1, clients: 1 });
  });
}
