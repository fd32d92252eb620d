import assert from "node:assert/strict";
import { z } from "zod";
import { findBookings } from "../../loaders/rentals/bookings.ts";
import type { ExistingLead } from "../../loaders/rentals/existing_leads.ts";
import { countByStage, DEFAULT_COUNTS } from "../../loaders/rentals/stage_counts.ts";
import { addElements, type LoaderAccount, withLoaderAccount } from "../support/loader_account.ts";
import { readUntil } from "../support/script.ts";

const AJAX = "/ajax/leads/multiple/delete/";

/** What a run prints of its counts, by the first word of the line. */
function lineOf(stdout: string, start: string): string | undefined {
  return stdout.split("\n").find((line) => line.startsWith(start))?.replace(/ {2,}/g, " ");
}

/** Everything of leads but their ids and what else differs from one account to another. */
function contentsOf(leads: readonly ExistingLead[]): unknown[] {
  return leads
    .map((lead) => [
      lead.name,
      lead.stage,
      lead.price,
      lead.plate,
      lead.dailyrate,
      lead.license,
      lead.rental_start,
      lead.rental_end,
      lead.carId !== null && lead.clientId !== null,
    ])
    .sort();
}

/** The leads of a run that nothing disturbed, of 60 leads and this seed. */
async function undisturbed(seed: string): Promise<unknown[]> {
  const contents: unknown[] = [];
  await withLoaderAccount(async (account) => {
    const { code, stderr } = await account.run("leads_generator", [
      "--yes",
      "--count",
      "60",
      "--seed",
      seed,
    ]);
    assert.equal(code, 0, stderr);
    contents.push(...contentsOf(await account.leads()));
  });
  assert.equal(contents.length, 60);
  return contents;
}

Deno.test("leads_generator fills an empty pipeline, and changes nothing the second time", async () => {
  await withLoaderAccount(async (account) => {
    const first = await account.run("leads_generator", ["--yes"]);
    const leads = await account.leads();
    account.takeWrites();
    const second = await account.run("leads_generator", ["--yes"]);

    assert.deepEqual([first.code, second.code], [0, 0], first.stderr + second.stderr);
    assert.match(first.stdout, /^106 leads created\n212 links to cars and clients made\nDone\.$/m);
    assert.match(second.stdout, /^The pipeline is as planned already$/m);
    assert.deepEqual(account.takeWrites(), []);
    assert.deepEqual(await account.leads(), leads);
    assert.deepEqual(countByStage(leads), DEFAULT_COUNTS);
    await checkLinks(account, leads);
  });
});

/** Each lead is linked to the car and the client that its fields name, and no car is promised twice. */
async function checkLinks(
  { read }: LoaderAccount,
  leads: readonly ExistingLead[],
): Promise<void> {
  const { cars, clients } = await read();
  for (const { carId, clientId, ...lead } of leads) {
    const car = cars.find(({ id }) => id === carId);
    const client = clients.find(({ id }) => id === clientId);
    assert.deepEqual([lead.plate, lead.model, lead.dailyrate], [
      car?.plate,
      car?.model,
      car?.dailyrate,
    ]);
    assert.deepEqual([lead.client_name, lead.license], [client?.name, client?.license]);
  }
  assert.deepEqual(findDoubleBookings(leads, cars), []);
}

function findDoubleBookings(
  leads: readonly ExistingLead[],
  cars: Parameters<typeof findBookings>[1],
): string[] {
  const bookings = findBookings(leads, cars).toSorted((a, b) =>
    a.carId - b.carId || Temporal.PlainDate.compare(a.start, b.start)
  );
  return bookings.flatMap(({ carId, end, lead }, i) => {
    const next = bookings[i + 1];
    const isDouble = next?.carId === carId && Temporal.PlainDate.compare(next.start, end) < 0;
    return isDouble ? [`${lead.name} and ${next.lead.name}`] : [];
  });
}

Deno.test("leads_generator writes nothing without --yes and when dry, and then shows each request", async () => {
  await withLoaderAccount(async (account) => {
    await account.run("leads_generator", ["--yes", "--count", "3"]);
    account.takeWrites();

    const shown = await account.run("leads_generator", ["--seed", "2", "--count", "2"]);
    const dry = await account.run("leads_generator", [
      ...["--seed", "2", "--count", "2", "--yes", "--dry-run"],
      ...["--account", "sandbox"],
    ]);

    assert.deepEqual([shown.code, dry.code], [0, 0]);
    assert.deepEqual(account.takeWrites(), []);
    assert.equal(lineOf(shown.stdout, "all "), "all 3 3 2");
    assert.match(
      shown.stdout,
      /^Nothing was written: --yes does it, --dry-run shows each request/m,
    );
    const requests = dry.stdout.split("\n").filter((line) => /^(POST|PATCH) /.test(line));
    assert.deepEqual(requests, [
      `POST ${AJAX}`,
      "POST /api/v4/leads (2 items)",
      "POST /api/v4/leads/link (4 items)",
    ]);
    assert.match(dry.stdout, /^ {2}3 leads to the trash: \d+, \d+, \d+$/m);
    assert.match(dry.stdout, /^ {2}lead \{new 1\} to element \d+$/m);
  });
});

Deno.test("leads_generator wipes only when the account is named", async () => {
  await withLoaderAccount(async (account) => {
    await account.run("leads_generator", ["--yes", "--count", "3"]);
    account.takeWrites();

    const unnamed = await account.run("leads_generator", ["--yes", "--seed", "2"]);
    const wrong = await account.run("leads_generator", [
      ...["--yes", "--seed", "2", "--account", "mycompany"],
    ]);

    assert.deepEqual([unnamed.code, wrong.code], [2, 2]);
    assert.equal(
      unnamed.stderr.trim(),
      'Cannot wipe 3 leads of the pipeline "Car Rental": --account is missing, expected the name ' +
        "of the account: add --account sandbox, or --no-wipe to keep them",
    );
    assert.match(
      wrong.stderr,
      /^Cannot write to the account "sandbox": --account says "mycompany"/,
    );
    assert.equal(lineOf(unnamed.stdout, "all "), "all 3 3 106");
    assert.deepEqual(account.takeWrites(), []);
    assert.equal((await account.leads()).length, 3);
  });
});

Deno.test("leads_generator wipes what is there, but nothing outside of its pipeline", async () => {
  await withLoaderAccount(async (account) => {
    const elsewhere = await addLeadElsewhere(account);
    await account.run("leads_generator", ["--yes", "--count", "60"]);
    const first = await account.leads();

    const second = await account.run("leads_generator", [
      ...["--yes", "--count", "60", "--seed", "2", "--account", "SANDBOX"],
    ]);
    const back = await account.run("leads_generator", [
      ...["--yes", "--count", "60", "--account", "sandbox"],
    ]);

    assert.deepEqual([second.code, back.code], [0, 0], second.stderr + back.stderr);
    assert.match(back.stdout, /^60 leads went to the trash\n60 leads created\n120 links/m);
    // The same seed, the same leads; but new ones.
    const again = await account.leads();
    assert.deepEqual(contentsOf(again), contentsOf(first));
    assert.ok(again.every(({ id }) => first.every((lead) => lead.id !== id)));
    const { body } = await account.tools.client.get(`/api/v4/leads/${elsewhere}`, {});
    assert.equal(z.object({ id: z.int() }).parse(body).id, elsewhere);
  });
});

/** A lead of the main pipeline, in which new leads land by themselves. */
async function addLeadElsewhere({ tools }: LoaderAccount): Promise<number> {
  const { body } = await tools.client.send({
    method: "POST",
    path: "/api/v4/leads",
    json: [{ name: "Model 1, 2026-05-09 (1-1)" }],
    isRepeatable: false,
  });
  const shape = z.object({ _embedded: z.object({ leads: z.tuple([z.object({ id: z.int() })]) }) });
  return shape.parse(body)._embedded.leads[0].id;
}

Deno.test("leads_generator moves leads to lost where the account does not let them be deleted", async () => {
  await withLoaderAccount(async (account) => {
    const args = ["--yes", "--count", "20", "--account", "sandbox", "--seed"];
    await account.run("leads_generator", [...args, "1"]);

    const second = await account.run("leads_generator", [...args, "2"]);
    const third = await account.run("leads_generator", [...args, "2"]);

    assert.deepEqual([second.code, third.code], [0, 0], second.stderr + third.stderr);
    assert.match(second.stdout, /^17 leads were moved to lost: the account does not let them be/m);
    assert.match(second.stdout, /^3 leads stay lost: the account does not let them be deleted$/m);
    assert.match(third.stdout, /^20 are there as planned and stay$/m);
    const leads = await account.leads();
    assert.equal(leads.length, 40);
    // 20 of the first run, and those that the second one invented as cancelled.
    assert.equal(leads.filter(({ stage }) => stage === "cancelled").length, 23);
    const { cars } = await account.read();
    assert.deepEqual(findDoubleBookings(leads, cars), []);
  }, { switches: { ajaxDelete: false } });
});

Deno.test("leads_generator --no-wipe adds to what is there, keeps clear of it, and adds once", async () => {
  await withLoaderAccount(async (account) => {
    await account.run("leads_generator", ["--yes", "--count", "40"]);
    const before = await account.leads();
    const args = ["--yes", "--count", "40", "--seed", "2", "--no-wipe"];

    const added = await account.run("leads_generator", args);
    const again = await account.run("leads_generator", args);

    assert.deepEqual([added.code, again.code], [0, 0], added.stderr + again.stderr);
    assert.match(added.stdout, /^40 leads created$/m);
    assert.match(again.stdout, /^The pipeline is as planned already$/m);
    const leads = await account.leads();
    assert.equal(leads.length, 80);
    assert.deepEqual(leads.slice(0, 40), before);
    await checkLinks(account, leads);
  });
});

Deno.test("leads_generator links contacts of the clients, unless two have one name", async () => {
  await withLoaderAccount(async (account) => {
    await account.tools.client.send({
      method: "POST",
      path: "/api/v4/contacts",
      json: [{ name: "client  0" }, { name: "Client 1" }, { name: "Client 1" }],
      isRepeatable: false,
    });

    const { code } = await account.run("leads_generator", ["--yes", "--count", "12"]);

    assert.equal(code, 0);
    const { body } = await account.tools.client.get("/api/v4/leads", { with: "contacts" });
    const shape = z.object({
      name: z.string(),
      _embedded: z.object({ contacts: z.array(z.object({ is_main: z.boolean() })) }),
    });
    const answer = z.object({ _embedded: z.object({ leads: z.array(shape) }) }).parse(body);
    const linked = answer._embedded.leads.filter((lead) => lead._embedded.contacts.length > 0);
    const ofClient0 = (await account.leads()).filter((lead) => lead.client_name === "Client 0");
    assert.ok(ofClient0.length > 0 && ofClient0.length < 12);
    assert.deepEqual(
      linked.map(({ name }) => name).sort(),
      ofClient0.map((one) => one.name).sort(),
    );
    assert.ok(linked.every((lead) => lead._embedded.contacts[0]?.is_main));
  }, { clients: 2 });
});

Deno.test("leads_generator that was killed goes on where it was", async () => {
  await withLoaderAccount(async (account) => {
    account.sandbox.setSwitches({ latencyMs: 50 });
    const args = ["--yes", "--count", "106", "--account", "sandbox"];
    const killed = account.command("leads_generator", args).spawn();
    await readUntil(killed.stderr, "leads: 100 of 106");
    killed.kill("SIGKILL");
    await Promise.all([killed.status, killed.stdout.cancel(), killed.stderr.cancel()]);
    const made = (await account.leads()).length;
    account.takeWrites();

    const { code, stdout, stderr } = await account.run("leads_generator", args);

    assert.equal(code, 0, stderr);
    assert.ok(made >= 100, `${made} leads`);
    assert.match(stdout, new RegExp(`^${made} are there as planned and stay$`, "m"));
    assert.ok(!account.takeWrites().includes(`POST ${AJAX}`));
    const leads = await account.leads();
    assert.equal(leads.length, 106);
    await checkLinks(account, leads);
  });
});

Deno.test("leads_generator that was killed while it wiped ends in the same leads", async () => {
  const expected = await undisturbed("2");
  await withLoaderAccount(async (account) => {
    await account.run("leads_generator", ["--yes", "--count", "160"]);
    account.sandbox.setSwitches({ latencyMs: 50 });
    const args = ["--yes", "--count", "60", "--seed", "2", "--account", "sandbox"];
    const killed = account.command("leads_generator", args).spawn();
    await readUntil(killed.stderr, "leads to the trash: 50 of 160");
    killed.kill("SIGKILL");
    await Promise.all([killed.status, killed.stdout.cancel(), killed.stderr.cancel()]);
    const left = (await account.leads()).length;

    const { code, stderr } = await account.run("leads_generator", args);

    assert.equal(code, 0, stderr);
    assert.ok(left < 160, `${left} leads`);
    assert.deepEqual(contentsOf(await account.leads()), expected);
  });
});

Deno.test("leads_generator ends in the same leads after refused, lost and heavy answers", async () => {
  const expected = await undisturbed("3");
  const args = ["--yes", "--count", "60", "--seed", "3", "--account", "sandbox"];
  await withLoaderAccount(async (account) => {
    const { faults } = account.sandbox;
    faults.add({ kind: "status", status: 429 }, { times: 3, method: "POST" });
    // Done, but nobody gets to know.
    faults.add({ kind: "truncated" }, {
      times: 1,
      after: 1,
      path: "/api/v4/leads",
      method: "POST",
    });
    faults.add({ kind: "reset" }, { times: 1, path: "/api/v4/leads/link" });

    const { code, stderr } = await account.run("leads_generator", args);

    assert.equal(code, 0, stderr);
    assert.deepEqual(contentsOf(await account.leads()), expected);
  }, { switches: { heavyBatch: 20 } });
});

Deno.test("leads_generator names the leads that the account refuses, and makes the others", async () => {
  await withLoaderAccount(async (account) => {
    const refused = await account.run("leads_generator", ["--yes", "--count", "30"]);
    const others = await account.leads();
    account.sandbox.setSwitches({ refusedText: null });
    const again = await account.run("leads_generator", ["--yes", "--count", "30"]);

    assert.deepEqual([refused.code, again.code], [1, 0], again.stderr);
    const lines = refused.stdout.split("\n").filter((line) => line.includes("was refused"));
    const [line] = lines;
    assert.match(
      line ?? "",
      /^The lead "Model \d+, [\d-]+ \(1-\d+\)" was refused: \w+ at custom_fields/,
    );
    assert.equal(others.length, 30 - lines.length);
    assert.match(
      refused.stdout,
      new RegExp(`^Leads that are missing: ${lines.length}: run again$`, "m"),
    );
    assert.match(refused.stdout, /^Not everything was done, see above\.$/m);
    assert.equal((await account.leads()).length, 30);
  }, { clients: 10, switches: { refusedText: "Client 7" } });
});

Deno.test("leads_generator says what a token that only reads lacks, and has written nothing", async () => {
  await withLoaderAccount(async (account) => {
    await account.run("leads_generator", ["--yes", "--count", "3"]);
    const before = await account.leads();
    const env = { AMO_TOKEN: account.sandbox.issueToken({ scope: "read" }) };

    const args = ["--yes", "--seed", "2", "--account", "sandbox"];
    const { code, stderr } = await account.run("leads_generator", args, env);

    assert.equal(code, 1);
    assert.match(stderr, /amoCRM answered 403, expected 200: the token has no right to this/);
    assert.deepEqual(await account.leads(), before);
  });
});

Deno.test("leads_generator leaves out a car without a plate in the middle, and tells so", async () => {
  await withLoaderAccount(async (account) => {
    await addElements(account.tools, "Cars", [
      { Model: "Good", Plate: "B 1", "Daily rate": "100" },
      { Model: "Bad", "Daily rate": "100" },
      { Model: "Free of charge", Plate: "B 2", "Daily rate": "0" },
      { Model: "Good", Plate: "B 3", "Daily rate": "100" },
    ]);

    const { code, stderr } = await account.run("leads_generator", ["--yes", "--count", "30"]);

    assert.equal(code, 0);
    assert.match(stderr, /2 cars without plate or daily rate are left out/);
    const plates = new Set((await account.leads()).map(({ plate }) => plate));
    assert.deepEqual([...plates].sort(), ["B 1", "B 3"]);
  }, { cars: 0 });
});

Deno.test("leads_generator says which loader fills an account without cars", async () => {
  await withLoaderAccount(async (account) => {
    const { code, stderr } = await account.run("leads_generator", ["--yes"]);

    assert.equal(code, 1);
    assert.equal(
      stderr.trim(),
      "Cannot invent leads: the account has no car with plate and daily rate, expected at least " +
        "one: upload some with loaders/json_importer.ts",
    );
  }, { cars: 0 });
});

Deno.test("leads_generator takes counts of stages, and another today", async () => {
  await withLoaderAccount(async (account) => {
    const { code } = await account.run("leads_generator", [
      ...["--yes", "--date", "2026-08-15"],
      "--stages",
      "inquiry=0,quote=0,deposit=0,confirmed=0,on_rent=3,returned=0,closed=4,cancelled=0",
    ]);

    assert.equal(code, 0);
    const leads = await account.leads();
    assert.deepEqual(leads.map(({ stage }) => stage).sort(), [
      ...Array(4).fill("closed"),
      ...Array(3).fill("on_rent"),
    ]);
    for (const { stage, rental_start: start, rental_end: end } of leads) {
      if (stage === "closed") assert.ok((end ?? "") < "2026-08-15");
      else assert.ok((start ?? "") <= "2026-08-15" && (end ?? "") > "2026-08-15");
    }
  });
});

for (
  const [args, message] of [
    [["--count", "0"], /Expected a whole number from 1 to 100000\./],
    [["--stages", "confirmed=x"], /Expected counts like confirmed=40,closed=10 of inquiry, /],
    [["--stages", "rented=3"], /Expected counts like confirmed=40,closed=10 of inquiry, /],
    [["--date", "2026-02-31"], /Cannot use the date "2026-02-31"/],
    [["--seed", "-1"], /Expected a whole number from 0 to 2147483647\./],
  ] as const
) {
  Deno.test(`leads_generator ends with exit code 2 for ${args.join(" ")}`, async () => {
    await withLoaderAccount(async (account) => {
      const { code, stderr } = await account.run("leads_generator", args);

      assert.equal(code, 2);
      assert.match(stderr, message);
    }, { cars: 1, clients: 1 });
  });
}

Deno.test("leads_generator --help shows examples and exit codes", async () => {
  await withLoaderAccount(async (account) => {
    const { code, stdout } = await account.run("leads_generator", ["--help"]);

    assert.equal(code, 0);
    assert.match(stdout, /^ {2}deno task leads_generator --yes --account mycompany$/m);
    assert.match(stdout, /^Exit codes: 0 done, 1 failed, 2 wrong usage/m);
  }, { cars: 0, clients: 0 });
});
