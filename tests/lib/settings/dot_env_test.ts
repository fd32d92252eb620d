import assert from "node:assert/strict";
import { parseDotEnv } from "../../../lib/settings/dot_env.ts";

const encoder = new TextEncoder();

Deno.test("parseDotEnv() reads what editors and shells write", () => {
  const text = "\uFEFFPG_HOST=db\r\nexport PG_USER = etl # a comment\r\n\r\n" +
    'ALERT_TEMPLATE=\'{\n"text":"{text}"}\'\r\nAMO_TOKEN=\r\nPG_PASSWORD="don\'t"\n';
  assert.deepEqual(parseDotEnv(encoder.encode(text)), {
    values: {
      PG_HOST: "db",
      PG_USER: "etl",
      ALERT_TEMPLATE: '{\n"text":"{text}"}',
      AMO_TOKEN: "",
      PG_PASSWORD: "don't",
    },
    problems: [],
  });
});

Deno.test("parseDotEnv() names lines that set nothing, without what they say", () => {
  const text = "# settings\nPG_HOST db\nPG_PASSWORD: s3cret\nPG_USER=etl\n";
  assert.deepEqual(parseDotEnv(encoder.encode(text)), {
    values: { PG_USER: "etl" },
    problems: [
      ".env:2 is no setting, expected NAME=value or a comment that starts with #",
      ".env:3 is no setting, expected NAME=value or a comment that starts with #",
    ],
  });
});

Deno.test("parseDotEnv() refuses other encodings than UTF-8", () => {
  const refusal = { values: {}, problems: [".env is not UTF-8, expected that: save it as UTF-8"] };
  const utf16 = [0xff, 0xfe, ...[..."A=b"].flatMap((letter) => [letter.charCodeAt(0), 0])];
  const cp1251 = [..."AMO_PIPELINE="].map((letter) => letter.charCodeAt(0)).concat(0xc0, 0xf0);
  const utf16WithoutMark = utf16.slice(2);
  for (const bytes of [utf16, cp1251, utf16WithoutMark]) {
    assert.deepEqual(parseDotEnv(new Uint8Array(bytes)), refusal);
  }
});
