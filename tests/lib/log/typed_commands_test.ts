import assert from "node:assert/strict";
import denoJson from "../../../deno.json" with { type: "json" };
import { asTyped, LOADERS, SUBCOMMANDS } from "../../../lib/log/typed_commands.ts";
import { subcommands } from "../../../pipeline/rental.ts";
import { listFiles } from "../../support/sources.ts";

const TEXT = "create it with deno task helper_fields --all: then deno task runs retry X, " +
  "or deno task check-data; deno task demo shows how";

Deno.test("asTyped() leaves the commands of Deno where the scripts run in Deno", () => {
  assert.equal(asTyped(TEXT), TEXT);
});

Deno.test("asTyped() names what is typed in the compiled program", () => {
  assert.equal(
    asTyped(TEXT, true),
    "create it with rental loader helper_fields --all: then rental runs retry X, " +
      "or rental check-data; deno task demo shows how",
  );
});

Deno.test("asTyped() knows every loader, and the subcommands that are tasks too", async () => {
  const scripts = (await listFiles("loaders", ".ts")).map((path) => path.split("/"))
    .filter((parts) => parts.length === 2).map(([, name = ""]) => name.replace(".ts", ""));
  assert.deepEqual([...LOADERS].sort(), scripts.sort());
  const tasks = Object.keys(denoJson.tasks);
  const both = subcommands.map(({ name }) => name).filter((name) => tasks.includes(name));
  assert.deepEqual([...SUBCOMMANDS].sort(), both.sort());
});
