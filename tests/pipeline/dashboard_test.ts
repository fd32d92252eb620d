import assert from "node:assert/strict";
import { join } from "node:path";
import { tryLockFile } from "../../lib/file_lock.ts";
import { callScript } from "../support/called_script.ts";
import { temporaryFolder } from "../support/folders.ts";
import { readUntil } from "../support/script.ts";
import { testScriptsOnServer } from "../support/daily_setup.ts";
import { TOKEN } from "../support/site.tsx";

testScriptsOnServer(
  "dashboard serves until it is asked to end, and says what is in its way",
  async (setup) => {
    const args = ["--port", "0"];
    const served = setup.command("dashboard", args, { DASHBOARD_TOKEN: TOKEN }).spawn();
    const said = await readUntil(served.stdout, "(Ctrl+C ends it)\n");
    const url = /^Serving (http:\/\/127\.0\.0\.1:\d+) \(Ctrl\+C ends it\)\n$/.exec(said)?.[1];
    assert.ok(url, said);
    const login = await fetch(`${url}/login`, {
      method: "POST",
      redirect: "manual",
      headers: { origin: url },
      body: new URLSearchParams({ token: TOKEN, next: "/" }),
    });
    const cookie = (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const page = await fetch(url, { headers: { cookie } });
    assert.equal(page.status, 200);
    await page.body?.cancel();

    const taken = await setup.run("dashboard", ["--port", new URL(url).port]);
    assert.deepEqual([taken.code, taken.stdout], [2, ""]);
    assert.equal(
      taken.stderr,
      `Cannot serve the site on 127.0.0.1:${
        new URL(url).port
      }: the port is taken, expected a free one: ` +
        "set another DASHBOARD_PORT (or --port), or stop the program that has it\n",
    );
    served.kill("SIGINT");
    const { code } = await served.status;
    const stderr = await new Response(served.stderr).text();
    await served.stdout.cancel();
    assert.deepEqual([code, stderr], [0, ""]);

    const open = await setup.run("dashboard", args, { DASHBOARD_HOST: "0.0.0.0" });
    assert.deepEqual([open.code, open.stdout], [2, ""]);
    assert.equal(
      open.stderr,
      "Cannot serve the site on 0.0.0.0 without DASHBOARD_TOKEN: other machines reach that address, expected a " +
        "token that they log in with: set one, e.g. of openssl rand -hex 16, or keep to 127.0.0.1\n",
    );
  },
);

Deno.test("dashboard names the way to look while another process has the embedded warehouse open", async () => {
  await using folder = await temporaryFolder();
  const warehouse = join(folder.path, "warehouse");
  await Deno.mkdir(join(warehouse, "base"), { recursive: true });
  await Deno.writeTextFile(join(warehouse, "PG_VERSION"), "17\n");
  using _lock = tryLockFile(`${warehouse}.lock`, "4711\n");

  const { code, stderr } = await callScript("pipeline/dashboard.ts", ["--port", "0"], {
    DATA_DIR: folder.path,
  });

  assert.equal(
    stderr,
    `Cannot open the embedded warehouse ${warehouse}: process 4711 has it open, expected no other user: wait ` +
      "until it has finished, or end it; a scheduler serves these pages itself where DASHBOARD_PORT is set\n",
  );
  assert.equal(code, 4);
});
