import assert from "node:assert/strict";
import { join } from "node:path";
import { callScript } from "../support/called_script.ts";
import { copyTemplate } from "../support/embedded_template.ts";
import { temporaryFolder } from "../support/folders.ts";
import { PROJECT_DIR, readMachineVariables, runDeno } from "../support/script.ts";

const AMO = { AMO_SUBDOMAIN: "blue-cars", AMO_TOKEN: "t0ken" };
const CONFIG = join(PROJECT_DIR, "deno.json");

/** Runs migrate in another folder, which is where it looks for .env, with no setting in the shell. */
async function migrateIn(folder: string): Promise<{ code: number; stderr: string }> {
  const script = join(PROJECT_DIR, "pipeline", "migrate.ts");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--config", CONFIG, script],
    cwd: folder,
    clearEnv: true,
    env: { ...readMachineVariables(), NO_COLOR: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

for (const rights of ["-P=pipeline", "-A"]) {
  Deno.test(`daily refuses a misspelt variable of the shell, with ${rights}`, async () => {
    const dataDir = `.data/test_${crypto.randomUUID()}`;
    const env = { ...AMO, DATA_DIR: dataDir, PG_MAJOR: "17", LOG_DRIVER: "json", PGHOST: "db" };
    const command = ["run", "-q", "--no-prompt", rights, "pipeline/daily.ts", "--dry-run"];
    const result = await runDeno(command, {
      ...env,
      PG_HSOT: "db",
      AMO_TOKN: "x",
      LOG_DIIR: "logs",
    });
    assert.equal(
      result.stderr,
      "3 problems in the configuration:\n" +
        " - PG_HSOT is not a setting of this program: did you mean PG_HOST?\n" +
        " - AMO_TOKN is not a setting of this program: did you mean AMO_TOKEN?\n" +
        " - LOG_DIIR is not a setting of this program: did you mean LOG_DIR?\n",
    );
    assert.deepEqual([result.code, isThere(join(PROJECT_DIR, dataDir))], [2, false]);
  });
}

Deno.test("a script reads .env with a byte order mark and refuses unknown names in it", async () => {
  await using folder = await temporaryFolder();
  const write = (text: string) =>
    Deno.writeTextFile(join(folder.path, ".env"), text, { mode: 0o600 });

  await write("\uFEFFPG_HOST=127.0.0.1\nPG_PORT=1\nPG_DATABASE=rental_dw\nPG_USER=etl\n");
  const opened = await migrateIn(folder.path);
  assert.match(opened.stderr, /at 127\.0\.0\.1:1\/rental_dw: connection refused/);

  await write("PG_HSOT=db\nPG_DATABASE=rental_dw\n");
  const refused = await migrateIn(folder.path);
  assert.deepEqual([refused.code, refused.stderr], [
    2,
    "2 problems in the configuration:\n" +
    " - PG_HSOT is not a setting of this program: did you mean PG_HOST?\n" +
    " - PG_HOST is missing: PG_DATABASE is set, so the name of the server is needed; " +
    "for the embedded warehouse take all PG_ settings away\n",
  ]);
  assert.equal(isThere(join(folder.path, ".data")), false);
});

Deno.test("a script warns when others can read .env", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(join(folder.path, ".env"), "CURRENCY=euro\n");
  await Deno.chmod(join(folder.path, ".env"), 0o640);
  const { code, stderr } = await migrateIn(folder.path);
  assert.deepEqual([code, stderr], [
    2,
    "Warning: other users of this machine can read .env, which holds secrets: chmod 600 .env\n" +
    '1 problem in the configuration:\n - CURRENCY is "euro", expected three letters like AED\n',
  ]);
});

Deno.test("a script colours the kind of warehouse and the grid when FORCE_COLOR is set", async () => {
  await using folder = await temporaryFolder();
  await copyTemplate(folder.path);
  const env = { DATA_DIR: folder.path, NO_COLOR: "", FORCE_COLOR: "1" };
  const merged = await callScript("pipeline/daily_load_ods_leads.ts", [], env);
  const [line = ""] = merged.stderr.split("\n");
  assert.equal(
    line.slice(line.indexOf("[warehouse]")),
    `[warehouse] Warehouse: folder ${folder.path}/warehouse (\x1b[1m\x1b[33membedded\x1b[39m\x1b[22m)`,
  );
  const runs = await runDeno(["run", "-q", "-A", "pipeline/runs.ts"], env);
  assert.ok(runs.stdout.includes("\x1b["));
  const plain = await callScript("pipeline/runs.ts", [], { ...env, NO_COLOR: "1" });
  assert.ok(!plain.stdout.includes("\x1b["));
});
