import assert from "node:assert/strict";
import { join } from "node:path";
import { copyTemplate } from "../../support/embedded_template.ts";
import { PROJECT_DIR, readMachineVariables } from "../../support/script.ts";

/** Every file and folder below a path that others may use, with its mode. */
function findOpen(path: string): string[] {
  const { mode, isDirectory } = Deno.lstatSync(path);
  const below = isDirectory
    ? [...Deno.readDirSync(path)].flatMap(({ name }) => findOpen(join(path, name)))
    : [];
  return ((mode ?? 0) & 0o077) === 0 ? below : [`${path} ${mode?.toString(8)}`, ...below];
}

function open(path: string): void {
  const { isDirectory } = Deno.lstatSync(path);
  Deno.chmodSync(path, isDirectory ? 0o777 : 0o666);
  if (isDirectory) { for (const { name } of Deno.readDirSync(path)) open(join(path, name)); }
}

Deno.test({
  name: "a script closes DATA_DIR to other users, whatever the umask, and what is there already",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const dataDir = `.data/test_${crypto.randomUUID()}`;
    const path = join(PROJECT_DIR, dataDir);
    try {
      await Deno.mkdir(join(path, "loaders", "blue-cars"), { recursive: true });
      await Deno.writeTextFile(join(path, "loaders", "blue-cars", "backup.json"), "{}");
      await copyTemplate(path);
      open(path);
      const script = `umask 0 && exec "$0" run -q --no-prompt -P=pipeline pipeline/migrate.ts`;
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["-c", script, Deno.execPath()],
        cwd: PROJECT_DIR,
        clearEnv: true,
        env: { ...readMachineVariables(), DATA_DIR: dataDir, PG_HOST: "" },
      }).output();
      assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
      assert.deepEqual(findOpen(path), []);
    } finally {
      await Deno.remove(path, { recursive: true });
    }
  },
});
