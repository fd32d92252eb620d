import assert from "node:assert/strict";
import { join } from "node:path";
import { dags } from "../../pipeline/daily.ts";
import { subcommands } from "../../pipeline/rental.ts";
import { callScript } from "../support/called_script.ts";
import { PROJECT_DIR, runDeno } from "../support/script.ts";

const SCRIPT = "pipeline/rental.ts";

Deno.test("rental shows its subcommands with --help, and without any argument", async () => {
  // As people start it, without a right that the permission set does not give.
  const asked = await runDeno(["run", "-q", "--no-prompt", "-P=pipeline", SCRIPT, "--help"]);
  const bare = await callScript(SCRIPT, []);

  assert.deepEqual([asked.code, asked.stderr], [0, ""]);
  assert.deepEqual(bare, asked);
  for (const { name, summary } of subcommands) {
    assert.match(asked.stdout, new RegExp(`^  ${name} +${summary}$`, "m"));
  }
  assert.ok(asked.stdout.split("\n").every((line) => line.length <= 84), asked.stdout);
});

for (const { name } of subcommands.filter((one) => !["dag", "loader"].includes(one.name))) {
  Deno.test(`rental ${name} hands its arguments to the script`, async () => {
    const { code, stdout, stderr } = await callScript(SCRIPT, [name, "--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^Usage: ${name} `));
  });
}

Deno.test("rental dag runs the DAG of an id, and refuses an unknown one", async () => {
  const help = await callScript(SCRIPT, ["dag", "daily_load_ods_cars", "--help"]);
  const unknown = await callScript(SCRIPT, ["dag", "daily_load_ods_car"]);

  assert.equal(help.code, 0);
  assert.match(help.stdout, /^Usage: daily_load_ods_cars \[options\]\n/);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^Cannot find the DAG "daily_load_ods_car", expected one of daily_/);
});

Deno.test("rental loader runs the loader of an id, and refuses an unknown one", async () => {
  const help = await callScript(SCRIPT, ["loader", "json_importer", "--help"]);
  const unknown = await callScript(SCRIPT, ["loader"]);

  assert.equal(help.code, 0);
  assert.match(help.stdout, /^Usage: json_importer \[options\]\n/);
  assert.deepEqual([unknown.code, unknown.stderr], [
    2,
    'Cannot find the loader "", expected one of helper_fields, json_importer, cleaner, ' +
    "leads_generator, calendar_importer\n",
  ]);
});

Deno.test("rental suggests the subcommand that was meant", async () => {
  const { code, stdout, stderr } = await callScript(SCRIPT, ["dialy"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.equal(
    stderr,
    "error: unknown command 'dialy'\n(Did you mean daily?)\n(--help lists what there is)\n",
  );
});

Deno.test("rental has every script of pipeline/ but the demo and itself", async () => {
  const entries = await Array.fromAsync(Deno.readDir(join(PROJECT_DIR, "pipeline")));
  const scripts = entries.filter(({ isFile }) => isFile)
    .map(({ name }) => name.replace(/\.ts$/, ""))
    .filter((name) => !dags.some(({ id }) => id === name) && !["demo", "rental"].includes(name));
  assert.deepEqual(
    // The container has no scripts of single DAGs and loaders: two subcommands stand for them.
    [...scripts.map((name) => name.replaceAll("_", "-")), "dag", "loader"].sort(),
    subcommands.map(({ name }) => name).sort(),
  );
});
