import assert from "node:assert/strict";
import { setDates } from "../../../pipeline/report/pdf_dates.ts";

Deno.test("setDates() puts a moment in the place of the time of making, byte for byte", () => {
  const pdf = new TextEncoder().encode(
    "<</Creator (Chromium)\n/CreationDate (D:20261126094512+04'00')\n/ModDate (D:20261126094512+04'00')>>",
  );
  const at = Temporal.Instant.from("2026-06-01T19:59:59Z");
  assert.equal(
    new TextDecoder().decode(setDates(pdf, at)),
    "<</Creator (Chromium)\n/CreationDate (D:20260601195959+00'00')\n/ModDate (D:20260601195959+00'00')>>",
  );
});
