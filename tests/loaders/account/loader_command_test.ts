import assert from "node:assert/strict";
import { callScript } from "../../support/called_script.ts";
import { pick, withFreshAccount } from "../../support/loader_process.ts";
import { denoCommand, endProcess, PROJECT_DIR, readUntil, runDeno } from "../../support/script.ts";

const LOADERS = [
  "helper_fields",
  "json_importer",
  "cleaner",
  "leads_generator",
  "calendar_importer",
];

for (const loader of LOADERS) {
  Deno.test(`${loader} --help gives examples and exit codes, and needs no account`, async () => {
    const { code, stdout, stderr } = await runDeno([
      "run",
      "-q",
      "-A",
      `loaders/${loader}.ts`,
      "--help",
    ]);

    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^Usage: ${loader} \\[options\\]$`, "m"));
    for (const flag of ["--yes", "--dry-run", "--account <subdomain>"]) {
      assert.ok(stdout.includes(flag));
    }
    assert.match(
      stdout,
      new RegExp(`^Examples:\n  deno task ${loader}\n  deno task ${loader} --dry-run\n`, "m"),
    );
    assert.match(stdout, /^Exit codes: 0 done, 1 failed, 2 wrong usage/m);
    assert.deepEqual(stdout.split("\n").filter((line) => [...line].length > 100), []);
  });

  Deno.test(`${loader} ends with exit code 2 without an account, and for a flag that it does not know`, async () => {
    const script = `loaders/${loader}.ts`;
    const bare = await callScript(script, []);
    assert.equal(bare.code, 2);
    assert.match(bare.stderr, /AMO_SUBDOMAIN is missing/);
    const unknown = await callScript(script, ["--yess"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /unknown option '--yess'\n\(Did you mean --yes\?\)/);
  });
}

Deno.test("a loader runs with the permissions of its task, without a question or a warning", () =>
  withFreshAccount(async ({ sandbox }) => {
    const args = ["run", "-q", "--no-prompt", "-P=loaders", "loaders/helper_fields.ts"];

    const { code, stderr } = await runDeno(args, {
      AMO_BASE_URL: sandbox.url,
      AMO_TOKEN: sandbox.token,
    });

    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
  }));

Deno.test("a loader says how to start it when it may not write to DATA_DIR", () =>
  withFreshAccount(async ({ sandbox, folder }) => {
    const args = ["run", "-q", "--no-prompt", "-P=loaders", "loaders/helper_fields.ts"];

    const { code, stderr } = await runDeno(args, {
      AMO_BASE_URL: sandbox.url,
      AMO_TOKEN: sandbox.token,
      DATA_DIR: folder,
    });

    assert.equal(code, 2);
    assert.equal(
      stderr,
      `Cannot use DATA_DIR "${folder}": this program may not read and write there, expected a folder ` +
        "below .data: or start it with deno run -q --no-prompt -P=loaders " +
        `--allow-write=.data,${folder} loaders/helper_fields.ts (docs/permissions.md)\n`,
    );
  }));

Deno.test("a loader refuses with exit code 4 while another one writes to the account", () =>
  withFreshAccount(async (loaders) => {
    const { sandbox, folder, run, list } = loaders;
    sandbox.faults.add({ kind: "slow", ms: 60_000 }, { method: "POST" });
    const env = {
      AMO_BASE_URL: sandbox.url,
      AMO_TOKEN: sandbox.token,
      DATA_DIR: folder,
      LOG_LEVEL: "debug",
    };
    const args = ["run", "-q", "-A", "loaders/helper_fields.ts", "--yes"];
    const first = denoCommand(args, env).spawn();
    await readUntil(first.stderr, "GET /api/v4/leads/custom_fields answered");

    const second = await run("helper_fields", ["--yes"]);
    const shown = await run("helper_fields");

    const code = await endProcess(first);
    assert.equal(second.code, 4);
    assert.equal(
      second.stderr,
      'Cannot write to the account "sandbox": another loader is at work on it, expected none: wait ' +
        "until it has finished\n",
    );
    assert.equal(shown.code, 0, "who only looks is in nobody's way");
    assert.equal(code, 1);
    const fields = await list("/api/v4/leads/custom_fields?limit=250", "custom_fields");
    assert.deepEqual(pick(fields, "type").flat().filter((type) => type !== "tracking_data"), []);
  }));

/** `script` gives a process a terminal of its own; util-linux has it nearly everywhere. */
const hasTerminals = await new Deno.Command("script", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

Deno.test({
  name: "a loader shows a bar on a terminal, and leaves the terminal as it was",
  ignore: !hasTerminals,
  fn: () =>
    withFreshAccount(async ({ sandbox, folder }) => {
      const line = `${Deno.execPath()} run -q -A loaders/helper_fields.ts --yes`;
      const { stdout } = await new Deno.Command("script", {
        args: ["-qec", line, "/dev/null"],
        cwd: PROJECT_DIR,
        env: {
          AMO_BASE_URL: sandbox.url,
          AMO_TOKEN: sandbox.token,
          DATA_DIR: folder,
          LOG_LEVEL: "debug",
        },
      }).output();

      const said = new TextDecoder().decode(stdout);

      assert.match(said, /fields of leads =+-* \d\/7, /);
      // The cursor is hidden and shown again, the bar is cleared before the results come.
      assert.ok(said.lastIndexOf("\x1b[?25h") > said.lastIndexOf("\x1b[?25l"));
      assert.match(said.slice(said.lastIndexOf("\x1b[?25h")), /7 created\r\nDone\.\r\n$/);
      assert.match(said, /POST \/api\/v4\/leads\/custom_fields answered 200/);
    }),
});
