import assert from "node:assert/strict";
import { join } from "node:path";
import type { ExistingLead } from "../../loaders/rentals/existing_leads.ts";
import { addElements, type LoaderAccount, withLoaderAccount } from "../support/loader_account.ts";

const CASES = "tests/testdata/cases";

/** An account with the cars and the client of the cases. */
async function withCaseAccount(body: (account: LoaderAccount) => Promise<void>): Promise<void> {
  await withLoaderAccount(async (account) => {
    const car = (Model: string, Plate: string) => ({ Model, Plate, "Daily rate": "100" });
    await addElements(account.tools, "Cars", [
      car("Nissan Sunny", "A 10421"),
      car("Kia Pegas", "B 20835"),
      car("Toyota Yaris", "C 31247"),
      car("Lada Granta", "А777ВС77"),
    ]);
    await addElements(account.tools, "Clients", [
      { "Client name": "Oliver Hartwell", License: "DXB-7838-002" },
    ]);
    await body(account);
  }, { cars: 0, clients: 0 });
}

async function importCase({ run }: LoaderAccount, path: string, args: readonly string[] = []) {
  const { code, stdout, stderr } = await run("calendar_importer", [
    ...["--yes", "--file", `${CASES}/${path}`, ...args],
  ]);
  return { code, stderr, lines: stdout.trimEnd().split("\n").slice(1) };
}

/** Imports events that are given by their lines. */
async function importEvents(
  { folder, run }: LoaderAccount,
  ...events: readonly (readonly string[])[]
) {
  const lines = events.flatMap((event) => ["BEGIN:VEVENT", ...event, "END:VEVENT"]);
  const file = join(folder, "events.ics");
  await Deno.writeTextFile(file, ["BEGIN:VCALENDAR", ...lines, "END:VCALENDAR", ""].join("\r\n"));
  const { code, stdout, stderr } = await run("calendar_importer", ["--yes", "--file", file]);
  return { code, stderr, lines: stdout.trimEnd().split("\n").slice(1) };
}

function shortly({ plate, license, rental_start, rental_end, stage, price }: ExistingLead) {
  return [plate, license, `${rental_start}/${rental_end}`, stage, price];
}

const rentalsOf = async ({ leads }: LoaderAccount) => (await leads()).map(shortly);

Deno.test("calendar_importer reads a line that was folded within a letter like one that was not", async () => {
  await withCaseAccount(async (account) => {
    const split = await importCase(account, "ics_split_utf8/rental.ics");
    const leads = await rentalsOf(account);
    const control = await importCase(account, "ics_split_utf8/control_not_split.ics");

    assert.deepEqual([split.code, control.code], [0, 0], split.stderr);
    assert.deepEqual(leads, [
      ["А777ВС77", "DXB-7838-002", "2026-06-10/2026-06-13", "confirmed", 300],
    ]);
    // The same car and days: the control is taken for the same rental.
    assert.deepEqual(await rentalsOf(account), leads);
  });
});

Deno.test("calendar_importer finds the licence in descriptions that are HTML", async () => {
  await withCaseAccount(async (account) => {
    const { code, lines } = await importCase(account, "ics_html_description/google.ics");

    assert.equal(code, 0);
    assert.deepEqual(lines, ["Leads: 4 created, 0 changed, 0 as they were", "Done."]);
    const lead = (
      days: string,
      price: number,
    ) => ["A 10421", "DXB-7838-002", days, "confirmed", price];
    assert.deepEqual(await rentalsOf(account), [
      lead("2026-06-01/2026-06-04", 300),
      lead("2026-06-10/2026-06-12", 200),
      lead("2026-06-20/2026-06-22", 200),
      lead("2026-06-25/2026-06-27", 200),
    ]);
    assert.ok((await account.leads()).every(({ clientId }) => clientId !== null));
  });
});

Deno.test("calendar_importer says of which event it could not read the licence", async () => {
  await withCaseAccount(async (account) => {
    const { code, lines } = await importEvents(account, [
      ...["UID:1", "DTSTART;VALUE=DATE:20260601", "SUMMARY:A 10421", "DESCRIPTION:see license X-1"],
    ]);

    assert.equal(code, 0);
    assert.deepEqual(lines, [
      'event 1, line 2 ("A 10421"): its description speaks of a licence, but not in a line like ' +
      '"License: X-1": imported without a client',
      "Leads: 1 created, 0 changed, 0 as they were",
      "Done.",
    ]);
  });
});

Deno.test("calendar_importer takes Outlook's midnights for days", async () => {
  await withCaseAccount(async (account) => {
    const { code, stderr } = await importCase(account, "ics_outlook_midnight/outlook.ics");

    assert.equal(code, 0, stderr);
    assert.deepEqual(await rentalsOf(account), [
      ["A 10421", null, "2026-06-01/2026-06-04", "confirmed", 300],
    ]);
  });
});

Deno.test("calendar_importer takes midnights of UTC for days of the business where they are", async () => {
  await withCaseAccount(async (account) => {
    await importEvents(account, [
      ...["UID:1", "DTSTART:20260531T200000Z", "DTEND:20260603T200000Z", "SUMMARY:A 10421"],
    ]);

    assert.deepEqual(await rentalsOf(account), [
      ["A 10421", null, "2026-06-01/2026-06-04", "confirmed", 300],
    ]);
  });
});

Deno.test("calendar_importer adopts the lead of a rental whose UID has changed", async () => {
  await withCaseAccount(async (account) => {
    await importCase(account, "ics_unstable_uid/first.ics");
    const [lead] = await account.leads();
    const second = await importCase(account, "ics_unstable_uid/second.ics");
    const again = await importCase(account, "ics_unstable_uid/second.ics");

    assert.deepEqual([second.code, again.code], [0, 0], second.stderr);
    assert.deepEqual(second.lines, [
      `event 1, line 4 ("B 20835 Kia Pegas"): its car and days are those of lead ${lead?.id}, imported ` +
      "under another UID: taken for the same rental",
      "Leads: 0 created, 1 changed, 0 as they were",
      "Done.",
    ]);
    assert.deepEqual(again.lines, ["Leads: 0 created, 0 changed, 1 as they were", "Done."]);
    assert.deepEqual(await rentalsOf(account), [
      ["B 20835", null, "2026-07-10/2026-07-15", "confirmed", 500],
    ]);
    // It goes by the new UID from now on: an event that has moved finds it.
    await importEvents(account, [
      "UID:u-2222@portal.example",
      "DTSTART;VALUE=DATE:20260711",
      "DTEND;VALUE=DATE:20260715",
      "SUMMARY:B 20835",
    ]);
    assert.deepEqual((await account.leads()).map(({ id, rental_start }) => [id, rental_start]), [
      [lead?.id, "2026-07-11"],
    ]);
  });
});

Deno.test("calendar_importer adopts no lead of another client, nor one that is cancelled or has its own event", async () => {
  await withCaseAccount(async (account) => {
    await addElements(account.tools, "Clients", [{ "Client name": "Amna", License: "L-2" }]);
    const event = (uid: string, plate: string, ...more: readonly string[]) => [
      ...[`UID:${uid}`, "DTSTART;VALUE=DATE:20260710", `SUMMARY:${plate}`, ...more],
    ];
    await importEvents(
      account,
      event("a", "A 10421", "DESCRIPTION:License: L-2"),
      event("b", "B 20835", "STATUS:CANCELLED"),
      event("c", "C 31247"),
    );

    const { lines } = await importEvents(
      account,
      event("a2", "A 10421", "DESCRIPTION:License: DXB-7838-002"),
      event("b2", "B 20835"),
      event("c", "C 31247"),
      event("c2", "C 31247"),
    );

    assert.ok(lines.includes("Leads: 3 created, 0 changed, 1 as they were"), lines.join("\n"));
    assert.ok(!lines.some((line) => line.includes("another UID")));
    assert.equal((await account.leads()).length, 6);
  });
});

Deno.test("calendar_importer cancels the lead of an event that is cancelled and says little else", async () => {
  await withCaseAccount(async (account) => {
    await importCase(account, "ics_cancelled_bare/1_booked.ics");
    const second = await importCase(account, "ics_cancelled_bare/2_cancelled.ics");
    const again = await importCase(account, "ics_cancelled_bare/2_cancelled.ics");

    assert.deepEqual([second.code, again.code], [0, 0], second.stderr);
    assert.deepEqual(second.lines, ["Leads: 0 created, 1 changed, 0 as they were", "Done."]);
    assert.deepEqual(again.lines, ["Leads: 0 created, 0 changed, 1 as they were", "Done."]);
    assert.deepEqual(await rentalsOf(account), [
      ["C 31247", null, "2026-08-01/2026-08-03", "cancelled", 200],
    ]);
  });
});

Deno.test("calendar_importer has nothing to do for a bare cancelled event that it does not know", async () => {
  await withCaseAccount(async (account) => {
    const { code, lines } = await importEvents(account, ["UID:none", "STATUS:CANCELLED"]);

    assert.equal(code, 0);
    assert.deepEqual(lines, [
      "event 1, line 2: is cancelled and was not imported before: nothing to do",
      "Leads: 0 created, 0 changed, 0 as they were",
      "Done.",
    ]);
  });
});

Deno.test("calendar_importer finds its lead again by a UID that is too long for a field", async () => {
  await withCaseAccount(async (account) => {
    const first = await importCase(account, "text_over_256/long_uid.ics");
    const second = await importCase(account, "text_over_256/long_uid.ics");

    assert.deepEqual([first.code, second.code], [0, 0], first.stderr);
    assert.deepEqual(second.lines, ["Leads: 0 created, 0 changed, 1 as they were", "Done."]);
    assert.deepEqual(await rentalsOf(account), [
      ["A 10421", null, "2026-06-01/2026-06-04", "confirmed", 300],
    ]);
  });
});

Deno.test("calendar_importer refuses a calendar that is not in UTF-8, and reads standard input", async () => {
  await withCaseAccount(async (account) => {
    const text =
      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260601\r\nSUMMARY:A 10421 Caf\u00E9\r\n" +
      "END:VEVENT\r\nEND:VCALENDAR\r\n";
    const file = join(account.folder, "latin1.ics");
    await Deno.writeFile(file, Uint8Array.from([...text], (letter) => letter.charCodeAt(0)));

    const latin1 = await account.run("calendar_importer", ["--yes", "--file", file]);
    const piped = await account.pipe("calendar_importer", ["--file", "-"], text);

    assert.equal(latin1.code, 1);
    assert.match(
      latin1.stderr,
      /^Cannot read the file "\S+": line 5 is in another encoding, expected text in UTF-8: save it anew/,
    );
    assert.match(piped.stdout, /^Leads: 1 to be created, 0 to be changed, 0 as they were$/m);
    assert.deepEqual(await account.leads(), []);
  });
});
