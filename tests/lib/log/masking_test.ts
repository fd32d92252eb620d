import assert from "node:assert/strict";
import { maskPersonalData } from "../../../lib/log/masking.ts";

const TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl";

for (
  const [text, expected] of [
    [`amoCRM refused ${TOKEN}`, "amoCRM refused [token]"],
    ["write to omar.haddad+cars@example.ae now", "write to [e-mail] now"],
    ["call +971 50 123 4567 today", "call [phone] today"],
    ["call +971501234567", "call [phone]"],
    ["call +971 (50) 123-4567.", "call [phone]."],
    ["call 050 123 4567", "call [phone]"],
    ["call 050-123-4567", "call [phone]"],
    ["call (050) 123-4567", "call [phone]"],
    ["call 971501234567", "call [phone]"],
    ["call 89161234567", "call [phone]"],
  ] as const
) {
  Deno.test(`maskPersonalData() masks "${text.slice(0, 40)}"`, () => {
    assert.equal(maskPersonalData(text), expected);
  });
}

for (
  const text of [
    "lead 28374655 of pipeline 7654321",
    "at 1777777777 and 1777777777123",
    "2026-05-03 04:00:12 [extract] 42 leads",
    "waiting for load_leads of 2026-05-03 (running since 2026-05-03 04:00:01)",
    "run 0f8fad5b-d9cb-469f-a165-70867728950e",
    "the worker etl-1.4242.9f3a1c died",
    "rows_read=12345678901",
    "127.0.0.1:54329/rental_dw",
    "1,250,000 rows in 12.5 s",
  ]
) {
  Deno.test(`maskPersonalData() leaves "${text.slice(0, 40)}" as it is`, () => {
    assert.equal(maskPersonalData(text), text);
  });
}
