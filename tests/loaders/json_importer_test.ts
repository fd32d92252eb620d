import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFiles } from "../support/folders.ts";
import { readElements, testImport } from "../support/import_account.ts";
import { pick } from "../support/loader_process.ts";
import { at } from "../support/sandbox_calls.ts";

const CARS = "loaders/data/cars_catalog_elements.json";
const CLIENTS = "loaders/data/clients_catalog_elements_final.json";

/** `count` clients of whom the account does not know any. */
function inventClients(count: number): Record<string, string>[] {
  return Array.from({ length: count }, (_, i) => ({
    client_name: `Client ${i + 1}`,
    license: `L-${String(i + 1).padStart(4, "0")}`,
    email: `client.${i + 1}@example.com`,
  }));
}

async function writeElements(folder: string, elements: readonly object[]): Promise<string> {
  await writeFiles(folder, { "elements.json": JSON.stringify(elements, null, 1) });
  return join(folder, "elements.json");
}

testImport("json_importer uploads the cars and the clients that come with it", async (loaders) => {
  const cars = await loaders.runWell("json_importer", [
    "--file",
    CARS,
    "--catalog",
    "cars",
    "--yes",
  ]);
  const clients = await loaders.runWell("json_importer", ["--yes"]);

  assert.equal(cars, 'Catalog "Cars": 12 created, 0 changed, 0 as they were\nDone.\n');
  assert.equal(clients, 'Catalog "Clients": 30 created, 0 changed, 0 as they were\nDone.\n');
  const [sunny] = await readElements(loaders, loaders.cars);
  assert.deepEqual(sunny, {
    name: "Nissan Sunny",
    Model: "Nissan Sunny",
    Color: "white",
    Year: "2023",
    Plate: "A 10421",
    VIN: "DEMOA104210000000",
    "Daily rate": "99",
  });
  const [amna] = await readElements(loaders, loaders.clients);
  assert.deepEqual(amna, {
    name: "Amna Rashid",
    "Client name": "Amna Rashid",
    Gender: "female",
    Phone: "+971500000001",
    Email: "amna.rashid@example.com",
    Nationality: "United Arab Emirates",
    // Midnight of 14 March 1991 in Dubai.
    "Birth date": 668894400,
    License: "DXB-8919-001",
  });
});

testImport(
  "json_importer knows a car again whose plate differs in alphabet, case and blanks alone",
  async (loaders) => {
    const { call, cars, folder, runWell } = loaders;
    const fields = await loaders.list(`/api/v4/catalogs/${cars}/custom_fields`, "custom_fields");
    const plate = fields.find((field) => at(field, "name") === "Plate");
    await call("POST", `/api/v4/catalogs/${cars}/elements`, [{
      name: "Солярис",
      custom_fields_values: [{ field_id: at(plate, "id"), values: [{ value: "А777ВС77" }] }],
    }]);
    const file = await writeElements(folder, [
      { model: "Solaris", plate: "a 777\u00A0bc–77", dailyrate: 99 },
    ]);

    const said = await runWell("json_importer", ["--file", file, "--catalog", "cars", "--yes"]);

    assert.equal(said, 'Catalog "Cars": 0 created, 1 changed, 0 as they were\nDone.\n');
  },
);

testImport("json_importer tells cars from clients by their fields", async (loaders) => {
  await loaders.runWell("json_importer", ["--file", CARS, "--yes"]);

  assert.equal((await readElements(loaders, loaders.cars)).length, 12);
  assert.equal((await readElements(loaders, loaders.clients)).length, 0);
});

testImport("json_importer changes nothing when run again", async (loaders) => {
  await loaders.runWell("json_importer", ["--yes"]);
  loaders.takeWrites();

  const said = await loaders.runWell("json_importer", ["--yes"]);

  assert.equal(said, 'Catalog "Clients": 0 created, 0 changed, 30 as they were\nDone.\n');
  assert.deepEqual(loaders.takeWrites(), []);
}, { fieldDatesAs: "rfc3339" });

testImport(
  "json_importer shows what it would do, and each request, without doing it",
  async (loaders) => {
    const shown = await loaders.runWell("json_importer", ["--file", CARS]);
    const dry = await loaders.runWell("json_importer", ["--file", CARS, "--dry-run", "--yes"]);

    assert.equal(
      shown,
      'Catalog "Cars": 12 to be created, 0 to be changed, 0 as they were\n' +
        "Nothing was written: --yes does it, --dry-run shows each request.\n",
    );
    assert.equal(dry.split("\n")[0], `POST /api/v4/catalogs/${loaders.cars}/elements (12 items)`);
    assert.equal(dry.split("\n")[1], "  line 2: Model, Color, Year, Plate, VIN, Daily rate");
    assert.deepEqual(loaders.takeWrites(), []);
  },
);

testImport(
  "json_importer changes what differs, found by a key in another spelling",
  async (loaders) => {
    const { folder, runWell } = loaders;
    const [first, second, third] = inventClients(3);
    await runWell("json_importer", [
      "--file",
      await writeElements(folder, [first ?? {}, second ?? {}, third ?? {}]),
      "--yes",
    ]);
    loaders.takeWrites();
    const file = await writeElements(
      folder,
      [
        { license: "l 0001", email: "new@example.com" },
        { ...second, email: null },
        { ...third, name: "VIP" },
      ].map((element) => ({ client_name: "Client 1", ...element })),
    );

    const shown = await runWell("json_importer", ["--file", file, "--clear-empty"]);
    const dry = await runWell("json_importer", ["--file", file, "--clear-empty", "--dry-run"]);
    const said = await runWell("json_importer", ["--file", file, "--clear-empty", "--yes"]);

    const changesOf = (text: string) =>
      text.split("\n").filter((line) => line.startsWith("  "))
        .map((line) => line.replace(/\d{5,}/, "ID"));
    const changes = [
      '  line 2, element ID: License "***" -> "***"; Email "***om" -> "***om"',
      '  line 7, element ID: Email "***om" -> (empty)',
      '  line 12, element ID: name "*** 3" -> "***"',
    ];
    assert.deepEqual(changesOf(shown), changes);
    assert.deepEqual(changesOf(dry), changes);
    assert.equal(
      said,
      "Values emptied: 1 (Email 1)\n" +
        'Catalog "Clients": 0 created, 3 changed, 0 as they were\nDone.\n',
    );
    assert.deepEqual(await readElements(loaders, loaders.clients), [
      { name: "Client 1", "Client name": "Client 1", Email: "new@example.com", License: "l 0001" },
      { name: "Client 2", "Client name": "Client 2", License: "L-0002" },
      { name: "VIP", "Client name": "Client 3", Email: "client.3@example.com", License: "L-0003" },
    ]);
    assert.deepEqual(loaders.takeWrites(), [`PATCH /api/v4/catalogs/${loaders.clients}/elements`]);
  },
);

testImport(
  "json_importer names line and path of each problem and sends nothing",
  async (loaders) => {
    const { folder, run, takeWrites } = loaders;
    await writeFiles(folder, {
      "wrong.json": `[
  { "client_name": "Good One", "license": "L-1" },
  { "client_name": "No Licence" },
  { "client_name": "Odd Date", "license": "L-3",
    "birth_date": "31.12.1990", "shoe size": 44 },
  "not an object",
  { "client_name": "Twin", "license": "l1" }
]`,
    });

    const { code, stdout } = await run("json_importer", [
      "--file",
      join(folder, "wrong.json"),
      "--yes",
    ]);

    assert.equal(code, 1);
    assert.deepEqual(stdout.split("\n").slice(1), [
      "line 6, [3]: is not an object, expected one with values by field name",
      "line 3, [1].License: is missing",
      "line 5, [2].birth_date: is not a date like 1990-05-31",
      'line 5, [2].shoe size: is no field of the catalog "Clients"',
      "line 7, [4].License: is that of line 2 as well",
      "Nothing is sent: correct the file, or leave those out with --skip-invalid",
      "Not everything was done, see above.",
      "",
    ]);
    assert.deepEqual(takeWrites(), []);

    const skipped = await run("json_importer", [
      "--file",
      join(folder, "wrong.json"),
      "--skip-invalid",
      "--yes",
    ]);

    assert.equal(skipped.code, 0, skipped.stderr);
    assert.deepEqual(pick(await readElements(loaders, loaders.clients), "name"), [["Good One"]]);
  },
);

testImport("json_importer reads NDJSON and CSV", async (loaders) => {
  const { folder, run, runWell } = loaders;
  await writeFiles(folder, {
    "cars.ndjson": '{"model":"Sunny","plate":"A 1","daily_rate":99}\n\nnot json\n',
    "cars.csv":
      '\uFEFFPlate;Model;Daily rate\r\n"B;2";"Kia ""Pegas""";89,5\r\nC 3;Yaris\r\nD 4;;;99\r\n',
  });
  const ndjson = await run("json_importer", [
    "--file",
    join(folder, "cars.ndjson"),
    "--skip-invalid",
    "--yes",
  ]);
  const csv = await run("json_importer", ["--file", join(folder, "cars.csv"), "--yes"]);
  const skipped = await runWell("json_importer", [
    "--file",
    join(folder, "cars.csv"),
    "--skip-invalid",
    "--yes",
  ]);

  assert.match(ndjson.stdout, /^line 3: is not JSON$/m);
  assert.match(csv.stdout, /^line 4: has 4 cells, expected 3 as in the first row$/m);
  assert.match(csv.stdout, /^line 2, Daily rate: is not a number$/m);
  assert.match(skipped, /1 created/);
  assert.deepEqual(await readElements(loaders, loaders.cars), [
    { name: "Sunny", Model: "Sunny", Plate: "A 1", "Daily rate": "99" },
    { name: "Yaris", Model: "Yaris", Plate: "C 3" },
  ]);
});

testImport(
  "json_importer goes on where it was killed, and creates nothing twice",
  async (loaders) => {
    const { folder, kill, runWell, clients } = loaders;
    const file = await writeElements(folder, inventClients(220));
    // Two requests before the batches; after the third of five answers it is gone.
    await kill("json_importer", ["--file", file, "--yes"], 8);
    const before = (await readElements(loaders, clients)).length;

    const said = await runWell("json_importer", ["--file", file, "--yes"]);

    assert.ok(before >= 50 && before < 220, `${before} were created before`);
    assert.match(said, /^Going on with an import of \S+: \d+ were created by it$/m);
    assert.match(
      said,
      new RegExp(`: ${220 - before} created, 0 changed, ${before} as they were$`, "m"),
    );
    const names = (await readElements(loaders, clients)).map(({ name }) => name);
    assert.deepEqual(names, inventClients(220).map((one) => one.client_name));
    assert.deepEqual(
      [...Deno.readDirSync(join(folder, "loaders", "sandbox"))].map(({ name }) => name),
      [
        "loader.lock",
      ],
    );
  },
);

testImport("json_importer creates nothing twice when answers get lost", async (loaders) => {
  const { sandbox, folder, runWell, clients } = loaders;
  const path = "/api/v4/catalogs";
  sandbox.faults.add({ kind: "lost" }, { method: "POST", path });
  sandbox.faults.add({ kind: "truncated" }, { method: "POST", path, after: 1 });
  sandbox.faults.add({ kind: "status", status: 504, isDone: true }, {
    method: "POST",
    path,
    after: 1,
  });
  sandbox.faults.add({ kind: "reset" }, { method: "POST", path, after: 1 });
  const file = await writeElements(folder, inventClients(220));

  const said = await runWell("json_importer", ["--file", file, "--yes"]);

  assert.match(said, /: 220 created, 0 changed, 0 as they were$/m);
  const names = (await readElements(loaders, clients)).map(({ name }) => name);
  assert.deepEqual(names, inventClients(220).map((one) => one.client_name));
});

testImport("json_importer halves a batch that is too heavy", async (loaders) => {
  const file = await writeElements(loaders.folder, inventClients(70));

  await loaders.runWell("json_importer", ["--file", file, "--yes"]);

  const names = (await readElements(loaders, loaders.clients)).map(({ name }) => name);
  assert.deepEqual(names, inventClients(70).map((one) => one.client_name));
  // 50 and 25 were too many; 13 and 12, 13 and 12, and 13 and 7 of the rest were not.
  assert.equal(loaders.takeWrites().length, 8);
}, { heavyBatch: 20 });

testImport("json_importer sits out a storm of 429", async (loaders) => {
  loaders.sandbox.faults.add({ kind: "status", status: 429 }, { method: "POST", times: 3 });

  await loaders.runWell("json_importer", ["--yes"]);

  assert.equal((await readElements(loaders, loaders.clients)).length, 30);
});

for (const partialWrites of [false, true]) {
  const when = partialWrites ? "and takes the others at once" : "with its whole batch";
  testImport(
    `json_importer shows the element that the account refuses ${when}`,
    async (loaders) => {
      const { folder, run, runWell, clients, sandbox } = loaders;
      const file = await writeElements(folder, inventClients(60));

      const { code, stdout } = await run("json_importer", ["--file", file, "--yes"]);

      assert.equal(code, 1);
      assert.deepEqual(stdout.split("\n").slice(1, 3), [
        "line 122, Email: was refused by the account: NotSupportedChoice at custom_fields_values.2.values.0.value",
        'Catalog "Clients": 59 created, 0 changed, 0 as they were, 1 refused',
      ]);
      assert.equal((await readElements(loaders, clients)).length, 59);
      sandbox.setSwitches({ refusedText: null });
      const again = await runWell("json_importer", ["--file", file, "--yes"]);
      assert.match(again, /: 1 created, 0 changed, 59 as they were$/m);
    },
    { refusedText: "client.25@example.com", partialWrites },
  );
}

testImport("json_importer ends with exit code 1 when the token may only read", async (loaders) => {
  const AMO_TOKEN = loaders.sandbox.issueToken({ scope: "read" });

  const { code, stderr } = await loaders.run("json_importer", ["--yes"], { AMO_TOKEN });

  assert.equal(code, 1);
  assert.match(
    stderr,
    /elements: amoCRM answered 403, expected 200: the token has no right to this; /,
  );
  assert.deepEqual(await readElements(loaders, loaders.clients), []);
});

testImport(
  "json_importer refuses another account, catalog or file than there is",
  async (loaders) => {
    const failures = [
      [["--account", "other"], 2, 'Cannot write to the account "sandbox": --account says "other"'],
      [["--catalog", "Boats"], 1, 'Cannot find the catalog "Boats": found 0 among 2: "Cars" ('],
      [
        ["--file", "nowhere.json"],
        2,
        'Cannot read the file "nowhere.json": there is none, expected one: check --file',
      ],
      [
        ["--file", "deno.json"],
        1,
        'Cannot read the file "deno.json": line 1: the text is not JSON: expected a list of elements',
      ],
    ] as const;
    for (const [args, code, sentence] of failures) {
      const result = await loaders.run("json_importer", [...args, "--yes"]);
      assert.equal(result.code, code, result.stderr);
      assert.ok(result.stderr.startsWith(sentence), result.stderr);
    }
    assert.deepEqual(loaders.takeWrites(), []);
  },
);

testImport("json_importer says nothing of a client, whatever happens", async (loaders) => {
  const { folder, run, sandbox } = loaders;
  const clients = Array.from({ length: 60 }, (_, i) => ({
    client_name: `Zebediah Quux ${i}`,
    license: `LIC-${i}-QUUX`,
    phone: `+97150000${String(i).padStart(4, "0")}`,
    email: `quux.${i}@example.com`,
    birth_date: i === 7 ? "31.12.1990 quux" : "1990-12-31",
  }));
  const file = await writeElements(folder, clients);
  const env = { LOG_LEVEL: "debug" };
  sandbox.faults.add({ kind: "lost" }, { method: "POST" });
  const said = [
    await run("json_importer", ["--file", file], env),
    await run("json_importer", ["--file", file, "--skip-invalid", "--dry-run"], env),
    await run("json_importer", ["--file", file, "--skip-invalid", "--yes"], env),
  ];

  assert.deepEqual(said.map(({ code }) => code), [1, 0, 1]);
  // A refused element keeps the import open.
  const state = join(folder, "loaders", "sandbox", `import_${loaders.clients}.json`);
  const all = [
    ...said.flatMap(({ stdout, stderr }) => [stdout, stderr]),
    await Deno.readTextFile(state),
  ].join("\n");
  assert.match(all, /line \d+, \[7\]\.birth_date: is not a date/);
  assert.match(all, /line \d+, Email: was refused/);
  assert.match(all, /POST \/api\/v4\/catalogs\/\d+\/elements answered 400/);
  assert.doesNotMatch(all, /quux|zebediah|1990-12|\+9715/i);
  assert.ok(!all.includes(sandbox.token));
}, { refusedText: "quux.30@example.com" });

Deno.test("the data files hold 12 cars and 30 clients, none of them twice, none of them real", async () => {
  const read = async (path: string): Promise<Record<string, unknown>[]> =>
    JSON.parse(await Deno.readTextFile(path));
  const cars = await read(CARS);
  const clients = await read(CLIENTS);

  assert.equal(new Set(cars.map(({ plate }) => plate)).size, 12);
  assert.equal(new Set(cars.map(({ vin }) => vin)).size, 12);
  assert.equal(new Set(clients.map(({ license }) => license)).size, 30);
  assert.deepEqual(
    clients.filter(({ email }) => !/^[a-z.]+@example\.com$/.test(String(email))),
    [],
  );
  assert.deepEqual(clients.filter(({ phone }) => !/^\+9715000000\d{2}$/.test(String(phone))), []);
});
