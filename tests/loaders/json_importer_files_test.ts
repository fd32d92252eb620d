import assert from "node:assert/strict";
import { join } from "node:path";
import { type Catalogs, readElements, testImport } from "../support/import_account.ts";

const CASES = "tests/testdata/cases";
const HOW_TO_SAVE = 'save it anew (Excel: as "CSV UTF-8"; LibreOffice: with the character set ' +
  '"Unicode (UTF-8)"; editors: with the encoding "UTF-8")';

const AMNA = {
  client_name: "Amna Rashid",
  gender: "female",
  phone: "+971500000001",
  email: "amna.rashid@example.com",
  nationality: "United Arab Emirates",
  license: "DXB-8919-001",
};
const OLIVER = {
  client_name: "Oliver Hartwell",
  phone: "+971500000002",
  email: "oliver.hartwell@example.com",
  nationality: "United Kingdom",
  license: "DXB-7838-002",
};
const SUNNY = { model: "Nissan Sunny", plate: "A 10421", daily_rate: 99 };

/** Fills a catalog, and forgets that it did. */
async function seed(loaders: Catalogs, elements: readonly object[]): Promise<void> {
  await importBytes(loaders, "seed.json", JSON.stringify(elements), ["--yes"]);
  loaders.takeWrites();
}

/** Writes a file and runs the importer on it. */
async function importBytes(
  { folder, run }: Catalogs,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  args: readonly string[] = ["--yes"],
) {
  const path = join(folder, name);
  await Deno.writeFile(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  return await run("json_importer", ["--file", path, ...args]);
}

/** What it said, without the first line, the name of the account. */
function linesOf({ stdout }: { readonly stdout: string }): string[] {
  return stdout.trimEnd().split("\n").slice(1);
}

const REFUSED = [
  "Nothing is sent: correct the file, or leave those out with --skip-invalid",
  "Not everything was done, see above.",
];

testImport(
  "json_importer refuses a value in a column without a name by its place",
  async (loaders) => {
    await seed(loaders, [SUNNY]);

    const cars = await loaders.run("json_importer", [
      ...["--file", `${CASES}/csv_unnamed_column/cars_with_note.csv`, "--yes"],
    ]);
    const clients = await loaders.run("json_importer", [
      ...["--file", `${CASES}/csv_unnamed_column/clients.csv`, "--dry-run"],
    ]);

    assert.equal(cars.code, 1);
    assert.deepEqual(linesOf(cars), [
      "line 2, column C: has a value but no name in the first row: name the column or empty it",
      ...REFUSED,
    ]);
    assert.deepEqual(loaders.takeWrites(), []);
    assert.deepEqual(await readElements(loaders, loaders.cars), [
      { name: "Nissan Sunny", Model: "Nissan Sunny", Plate: "A 10421", "Daily rate": "99" },
    ]);
    // The column without a name is empty there; what is missing is the client's name.
    assert.deepEqual(linesOf(clients).slice(0, 1), ["line 2, name: is missing"]);
  },
);

testImport(
  "json_importer leaves a column without a name alone when it is empty",
  async (loaders) => {
    await seed(loaders, [AMNA]);

    const said = await loaders.runWell("json_importer", [
      ...["--file", `${CASES}/csv_unnamed_column/clients.csv`, "--yes"],
    ]);

    assert.equal(said, 'Catalog "Clients": 0 created, 1 changed, 0 as they were\nDone.\n');
    const [amna] = await readElements(loaders, loaders.clients);
    assert.deepEqual(amna, {
      name: "Amna Rashid",
      "Client name": "Amna Rashid",
      Gender: "female",
      Phone: "+971500000888",
      Email: "amna.rashid@example.com",
      Nationality: "United Arab Emirates",
      License: "DXB-8919-001",
    });
  },
);

testImport("json_importer refuses a table that names a column twice", async (loaders) => {
  const { code, stderr } = await loaders.run("json_importer", [
    ...["--file", `${CASES}/csv_dup_headers/clients.csv`, "--yes", "--skip-invalid"],
  ]);
  const folded = await importBytes(
    loaders,
    "folded.csv",
    "License,Client name,client_name\n1,A,B\n",
  );

  assert.deepEqual([code, folded.code], [1, 1]);
  assert.equal(
    stderr.trim(),
    `Cannot read the file "${CASES}/csv_dup_headers/clients.csv": line 1: "Phone" is named twice, ` +
      "by the columns C and E, expected once: remove or rename one of them",
  );
  assert.match(folded.stderr, /: line 1: "client_name" is named twice, by the columns B and C,/);
  assert.deepEqual(loaders.takeWrites(), []);
});

testImport(
  "json_importer refuses a key that stands twice in an object, or has no name",
  async (loaders) => {
    const json = await importBytes(
      loaders,
      "twice.json",
      `[
  { "client_name": "A", "license": "L-1",
    "phone": "+971500000001",
    "phone": "" },
  { "client_name": "B", "license": "L-2", "": "note" },
  { "client_name": "C", "license": "L-3", "": " " },
  { "client_name": "D", "license": "L-4", "custom_fields_values": [],
    "custom_fields_values": [] },
  { "client_name": "E", "license": "L-5", "License": "L-6" }
]`,
    );
    const ndjson = await importBytes(
      loaders,
      "twice.ndjson",
      '{"client_name":"A","license":"L-1"}\r\n{"client_name":"B","license":"L-2","license":"L-3"}\r\n',
    );

    assert.deepEqual([json.code, ndjson.code], [1, 1]);
    assert.deepEqual(linesOf(json), [
      "line 4, [0].phone: is named twice in one object, expected once",
      "line 5, [1].: has a value but no name, expected one",
      "line 8, [3].custom_fields_values: is named twice in one object, expected once",
      'line 9, [4].License: names the field "License" a second time',
      ...REFUSED,
    ]);
    assert.deepEqual(linesOf(ndjson), [
      "line 2, license: is named twice in one object, expected once",
      ...REFUSED,
    ]);
    assert.deepEqual(loaders.takeWrites(), []);
  },
);

testImport(
  "json_importer leaves a value alone for which the file has a blank of any kind",
  async (loaders) => {
    await seed(loaders, [OLIVER]);
    const before = await readElements(loaders, loaders.clients);
    const stay = "Values that the file leaves empty, and that stay: 3 (--clear-empty empties them)";
    const unchanged = 'Catalog "Clients": 0 created, 0 changed, 1 as they were';

    const file = `${CASES}/csv_blank_clears/clients.csv`;
    const csv = await loaders.run("json_importer", ["--file", file, "--yes"]);
    const blanks = await importBytes(
      loaders,
      "blanks.csv",
      "Client name,License,Phone,Email,Nationality\n" +
        'Oliver Hartwell,DXB-7838-002,\u00A0,"\u200B \t",\u3164\n',
    );
    const json = await importBytes(
      loaders,
      "blanks.json",
      JSON.stringify([{ ...OLIVER, phone: null, email: "", nationality: " \u00A0" }]),
    );

    for (const result of [csv, blanks, json]) {
      assert.deepEqual(linesOf(result), [stay, unchanged, "Done."], result.stderr);
    }
    assert.deepEqual(loaders.takeWrites(), []);
    assert.deepEqual(await readElements(loaders, loaders.clients), before);
  },
);

testImport(
  "json_importer empties with --clear-empty, and says before which values",
  async (loaders) => {
    await seed(loaders, [OLIVER]);
    const args = ["--file", `${CASES}/csv_blank_clears/clients.csv`, "--clear-empty"];

    const shown = await loaders.run("json_importer", args);
    const done = await loaders.run("json_importer", [...args, "--yes"]);

    assert.deepEqual(linesOf(shown).map((line) => line.replace(/\d{5,}/, "ID")), [
      '  line 2, element ID: Phone "***02" -> (empty); Email "***om" -> (empty); ' +
      'Nationality "United Kingdom" -> (empty)',
      "Values to be emptied: 3 (Phone 1, Email 1, Nationality 1)",
      'Catalog "Clients": 0 to be created, 1 to be changed, 0 as they were',
      "Nothing was written: --yes does it, --dry-run shows each request.",
    ]);
    assert.deepEqual(linesOf(done), [
      "Values emptied: 3 (Phone 1, Email 1, Nationality 1)",
      'Catalog "Clients": 0 created, 1 changed, 0 as they were',
      "Done.",
    ]);
    assert.deepEqual(await readElements(loaders, loaders.clients), [
      { name: "Oliver Hartwell", "Client name": "Oliver Hartwell", License: "DXB-7838-002" },
    ]);
  },
);

testImport("json_importer shows values of cars before and after", async (loaders) => {
  await seed(loaders, [SUNNY]);

  const { stdout } = await importBytes(
    loaders,
    "cars.csv",
    "plate,Color,Daily rate,Model\nA 10421,white,105.50,Nissan Sunny\n",
    [],
  );

  assert.equal(
    stdout.split("\n")[1]?.replace(/\d{6,}/, "ID"),
    '  line 2, element ID: Color (empty) -> "white"; Daily rate "99" -> "105.50"',
  );
});

/** The bytes of a text in an encoding whose first 256 characters these are, as far as the text needs them. */
function encode(text: string, map: (code: number) => number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...text], (letter) => map(letter.codePointAt(0) ?? 0));
}

function utf16(text: string, isBigEndian: boolean, mark: boolean): Uint8Array<ArrayBuffer> {
  const units = (mark ? "\uFEFF" : "") + text;
  const view = new DataView(new ArrayBuffer(units.length * 2));
  [...units].forEach((unit, i) => view.setUint16(2 * i, unit.charCodeAt(0), !isBigEndian));
  return new Uint8Array(view.buffer);
}

const CSV = "Client name;License\r\nJosé Muñoz;L-1\r\n";
const JSON_TEXT = '[\n{"client_name": "José", "license": "L-1"}]';
const latin1 = (text: string) => encode(text, (code) => code);

const OTHER_ENCODINGS: readonly (readonly [string, Uint8Array<ArrayBuffer>, string])[] = [
  ["latin1.csv", latin1(CSV), "line 2 is in another encoding"],
  ["latin1.json", latin1(JSON_TEXT), "line 2 is in another encoding"],
  ["latin1.ndjson", latin1(JSON_TEXT.slice(2, -1)), "line 1 is in another encoding"],
  ["unicode.csv", utf16(CSV, false, true), "it is in UTF-16"],
  ["unicode.json", utf16(JSON_TEXT, true, true), "it is in UTF-16"],
  ["nomark.csv", utf16(CSV, false, false), "it holds zero bytes, as UTF-16 does"],
  [
    "clients.csv",
    Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0),
    "it is a workbook like .xlsx, .ods or .numbers, or another archive",
  ],
];

testImport(
  "json_importer refuses files that are not in UTF-8, and says how to save them",
  async (loaders) => {
    const file = `${CASES}/csv_cp1251/clients.csv`;
    const cp1251 = await loaders.run("json_importer", ["--file", file, "--yes"]);
    assert.equal(cp1251.code, 1);
    assert.equal(
      cp1251.stderr.trim(),
      `Cannot read the file "${file}": line 2 is in another encoding, expected text in UTF-8: ${HOW_TO_SAVE}`,
    );
    for (const [name, bytes, found] of OTHER_ENCODINGS) {
      const { code, stderr } = await importBytes(loaders, name, bytes);
      assert.equal(code, 1, name);
      assert.equal(
        stderr.trim(),
        `Cannot read the file "${
          join(loaders.folder, name)
        }": ${found}, expected text in UTF-8: ${HOW_TO_SAVE}`,
      );
    }
    assert.deepEqual(loaders.takeWrites(), []);
  },
);

testImport(
  "json_importer refuses by place what a spreadsheet has made of values",
  async (loaders) => {
    const { code, ...said } = await importBytes(
      loaders,
      "clients.csv",
      [
        "Client name,License,Phone,Birth date",
        "A,L-1,9.715E+11,1990-05-31",
        "B,L-2,+971500000002,33024",
        "C,#REF!,+971500000003,",
        "#N/A,L-4,,",
        "E,3-Mar,,",
        "F,=B2,,",
        'G,"=""0071""",,',
        "",
      ].join("\r\n"),
      ["--yes"],
    );
    const cars = await importBytes(
      loaders,
      "cars.json",
      '[{"model": "X", "plate": "A 1", "vin": 1.0E+16, "daily_rate": "#DIV/0!"}]',
      ["--yes"],
    );

    const lost =
      "is in scientific notation, so digits are lost: format the column as text and enter it anew";
    const error = "is an error of a spreadsheet, expected a value: mend the cell";
    assert.equal(code, 1);
    assert.deepEqual(linesOf(said), [
      "line 7, License: is a formula, expected what it comes to",
      `line 2, Phone: ${lost}`,
      "line 3, Birth date: is a number as spreadsheets count days, expected a date like 1990-05-31: " +
      "format the column as a date",
      `line 4, License: ${error}`,
      `line 5, Client name: ${error}`,
      "line 6, License: looks like a date that a spreadsheet made of it: format the column as text and " +
      "enter it anew, or give the file as JSON if it is meant so",
      ...REFUSED,
    ]);
    assert.deepEqual(linesOf(cars), [
      `line 1, [0].vin: ${lost}`,
      `line 1, [0].daily_rate: ${error}`,
      ...REFUSED,
    ]);
    assert.deepEqual(loaders.takeWrites(), []);
  },
);

testImport("json_importer reads tables as spreadsheets save them", async (loaders) => {
  const tables = {
    "separator line of Excel":
      "\uFEFFsep=;\r\nPlate;Model;Daily rate\r\nA 1;Sunny;99\r\nB 2;Kia;89\r\n",
    "empty columns and rows":
      "Plate,Model,Daily rate,,\nA 1,Sunny,99,,\n,,,,\nB 2,Kia,89,,,,\n,,,,\n",
    "short rows": "Plate,Model,Daily rate,Color,VIN\nA 1,Sunny,99\nB 2,Kia,89,\n",
    "line ends of old Macs": "Plate,Model,Daily rate\rA 1,Sunny,99\rB 2,Kia,89",
    "tabs": '"Plate"\t"Model"\t"Daily rate"\r\n"A 1"\t"Sunny"\t"99"\r\n"B 2"\t"Kia"\t"89"\r\n',
    "names with a separator": '"Plate";"Daily rate, AED, net, VAT"\nA 1;99\n',
  };
  const { "names with a separator": separators, ...same } = tables;
  await seed(loaders, [
    { plate: "A 1", model: "Sunny", daily_rate: 99 },
    { plate: "B 2", model: "Kia", daily_rate: 89 },
  ]);
  for (const [name, text] of Object.entries(same)) {
    const result = await importBytes(loaders, "cars.csv", text);
    assert.deepEqual(
      linesOf(result),
      ['Catalog "Cars": 0 created, 0 changed, 2 as they were', "Done."],
      `${name}: ${result.stderr}`,
    );
  }
  assert.deepEqual(linesOf(await importBytes(loaders, "cars.csv", separators)).slice(0, 1), [
    'line 2, Daily rate, AED, net, VAT: is no field of the catalog "Cars"',
  ]);
  assert.match(
    (await importBytes(loaders, "cars.csv", ",,\n")).stderr,
    /: line 1: there is no row, expected one with the names of fields$/m,
  );
});

testImport("json_importer takes elements in the form of the API itself", async (loaders) => {
  const args = ["--file", `${CASES}/api_shape/clients.json`, "--catalog", "Clients", "--yes"];

  const first = await loaders.runWell("json_importer", args);
  const created = await readElements(loaders, loaders.clients);
  loaders.takeWrites();
  const second = await loaders.runWell("json_importer", args);

  assert.equal(first, 'Catalog "Clients": 2 created, 0 changed, 0 as they were\nDone.\n');
  assert.equal(second, 'Catalog "Clients": 0 created, 0 changed, 2 as they were\nDone.\n');
  assert.deepEqual(loaders.takeWrites(), []);
  assert.deepEqual(created, [
    {
      name: "1",
      "Client name": "Case Client One",
      Gender: "Female",
      // Midnight of 3 February 1990 in the account's zone, Asia/Dubai.
      "Birth date": 633988800,
      License: "9-100001",
    },
    {
      name: "2",
      "Client name": "Case Client Two",
      Phone: "+971500000002",
      License: "9-100002",
    },
  ]);
});

testImport(
  "json_importer takes back what the API answers, and finds the catalog by its fields",
  async (loaders) => {
    await seed(loaders, [AMNA, OLIVER]);
    const answer = await loaders.call(
      "GET",
      `/api/v4/catalogs/${loaders.clients}/elements?limit=250`,
    );

    const whole = await importBytes(loaders, "answer.json", JSON.stringify(answer));
    const broken = await importBytes(
      loaders,
      "broken.json",
      '[{"name": "1",\n"custom_fields_values": [{"field_code": "LICENSE", "values": [{"value": "1"}]},\n' +
        '{"values": [{"value": "x"}]}]},\n{"is_deleted": true, "custom_fields_values": null}]',
      ["--catalog", "Clients", "--yes"],
    );

    assert.deepEqual(linesOf(whole), [
      'Catalog "Clients": 0 created, 0 changed, 2 as they were',
      "Done.",
    ]);
    assert.deepEqual(linesOf(broken), [
      "line 3, [0].custom_fields_values[1]: is not a field with values, expected field_code, field_name or " +
      "field_id, and values",
      "line 4, [1]: is deleted in the account it comes from: leave it out",
      ...REFUSED,
    ]);
    assert.deepEqual(loaders.takeWrites(), []);
  },
);

testImport("json_importer reads standard input, whatever the format", async (loaders) => {
  await seed(loaders, [OLIVER]);
  const inputs = [
    JSON.stringify([AMNA]),
    `${JSON.stringify(AMNA)}\n${JSON.stringify(OLIVER)}\n`,
    "License;Client name\r\nDXB-7838-002;Oliver Hartwell\r\n",
    "License;Client name;License\r\n",
  ];
  const said: string[] = [];
  for (const input of inputs) {
    const { stdout, stderr } = await loaders.pipe("json_importer", ["--file", "-"], input);
    said.push(stderr.trim() || linesOf({ stdout })[0] || "");
  }

  assert.deepEqual(said, [
    'Catalog "Clients": 1 to be created, 0 to be changed, 0 as they were',
    'Catalog "Clients": 1 to be created, 0 to be changed, 1 as they were',
    'Catalog "Clients": 0 to be created, 0 to be changed, 1 as they were',
    'Cannot read standard input: line 1: "License" is named twice, by the columns A and C, expected once: ' +
    "remove or rename one of them",
  ]);
});

testImport(
  "json_importer reads a file anywhere on the disk in the rights of its task",
  async (loaders) => {
    const path = join(loaders.folder, "cars.json");
    await Deno.writeTextFile(path, JSON.stringify([SUNNY]));

    const { code, stdout, stderr } = await loaders.pipe("json_importer", ["--file", path], "");
    const folder = await loaders.pipe("json_importer", ["--file", loaders.folder], "");

    assert.equal(code, 0, stderr);
    assert.deepEqual(linesOf({ stdout }).slice(0, 1), [
      'Catalog "Cars": 1 to be created, 0 to be changed, 0 as they were',
    ]);
    assert.equal(
      folder.stderr.trim(),
      `Cannot read the file "${loaders.folder}": it is a folder, expected a file: check --file`,
    );
  },
);
