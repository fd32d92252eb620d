import assert from "node:assert/strict";
import { fillAccount, testScriptsOnServer } from "../support/daily_setup.ts";
import { temporaryFolder } from "../support/folders.ts";

const MAY = ["--month", "2026-05", "--as-of", "2026-05-03"];

testScriptsOnServer(
  "report writes a month into one file, whole or not at all, and the compiled program does too",
  async (setup) => {
    await fillAccount(setup);
    assert.equal((await setup.run("daily", ["--date", "2026-05-03"])).code, 0);
    await using folder = await temporaryFolder();
    const out = `${folder.path}/may.html`;

    const written = await setup.start("report", [...MAY, "--out", out]);
    assert.deepEqual(written, {
      code: 0,
      signal: null,
      stdout: `Wrote ${out}: 2026-05, as of 2026-05-03\n`,
      stderr: "",
    });
    const html = await Deno.readTextFile(out);
    assert.match(html, /Report on May 2026/);
    assert.match(html, /<\/html>\s*$/);

    await setup.run("rental", ["report", ...MAY, "--out", `${folder.path}/again.html`]);
    assert.equal(await Deno.readTextFile(`${folder.path}/again.html`), html);

    for (const script of ["report", "dashboard"]) {
      const args = script === "report" ? [...MAY, "--out", out] : ["--port", "0"];
      const refused = await setup.run(script, args, { CURRENCY: "EUR" });
      assert.equal(refused.code, 2);
      assert.match(
        refused.stderr,
        /^Cannot use this warehouse with CURRENCY=EUR: it was filled with CURRENCY=/,
      );
    }

    for (
      const [path, why] of [
        [
          `${folder.path}/none/may.html`,
          "its folder does not exist, expected one: create it, or choose another",
        ],
        [folder.path, "it is a folder, expected a file: name one in it"],
      ]
    ) {
      assert.deepEqual(await setup.run("report", [...MAY, "--out", `${path}`]), {
        code: 2,
        signal: null,
        stdout: "",
        stderr: `Cannot write ${path}: ${why}\n`,
      });
    }
    const left = await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name);
    assert.deepEqual(left.sort(), ["again.html", "may.html"]);
  },
);
