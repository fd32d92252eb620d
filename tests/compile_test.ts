import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { type CompiledProgram, readCompiledProgram } from "./support/compiled_program.ts";
import { listCopied, readDockerfile } from "./support/dockerfile.ts";
import { copyTree, temporaryFolder } from "./support/folders.ts";
import { PROJECT_DIR, runDeno } from "./support/script.ts";
import { serverAccess, withServerDatabase } from "./support/warehouses.ts";

const SECRET = crypto.randomUUID();

/** Copies into a folder what stage one of the Dockerfile copies, and beside it what must stay outside. */
async function prepareSource(folder: string): Promise<void> {
  const dockerfile = await Deno.readTextFile(join(PROJECT_DIR, "Dockerfile"));
  for (const name of listCopied(readDockerfile(dockerfile))) {
    await copyTree(join(PROJECT_DIR, name), join(folder, name));
  }
  await copyTree(join(PROJECT_DIR, "tests"), join(folder, "tests"));
  await Deno.writeTextFile(join(folder, ".env"), `AMO_TOKEN=${SECRET}\n`);
}

/** The files below a folder by path, e.g. "sql/stg/reject.sql". */
async function readTree(folder: string, name: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const entry of Deno.readDir(join(folder, name))) {
    const path = `${name}/${entry.name}`;
    if (entry.isDirectory) { for (const file of await readTree(folder, path)) files.set(...file); }
    else files.set(path, await Deno.readFile(join(folder, path)));
  }
  return files;
}

/** Writes what is embedded into a folder, the packages as node_modules, with the import map of the program. */
async function extract({ files, metadata }: CompiledProgram, folder: string): Promise<void> {
  for (const [path, bytes] of files) {
    const target = join(folder, placeOf(path));
    await Deno.mkdir(dirname(target), { recursive: true });
    // Two versions of one package would want the same place.
    await Deno.writeFile(target, bytes, { createNew: true });
  }
  await Deno.writeTextFile(
    join(folder, "deno.json"),
    JSON.stringify({
      ...JSON.parse(metadata.workspace_resolver.import_map.json),
      unstable: metadata.unstable_config.features,
      nodeModulesDir: "manual",
    }),
  );
}

/** "…/localhost/zod/4.6.7/index.js" in the program is "node_modules/zod/index.js" in a folder. */
function placeOf(path: string): string {
  return path.replace(
    /^\.deno_compile_node_modules\/localhost\/((?:@[^/]+\/)?[^/]+)\/[^/]+\//,
    "node_modules/$1/",
  );
}

/** Flags of `deno run` for the rights that the program has. */
function flagsOf({ metadata: { permissions } }: CompiledProgram, folder: string): string[] {
  const { allow_read, allow_write, allow_env, allow_sys } = permissions;
  return [
    "--no-prompt",
    "--cached-only",
    "--allow-net",
    // The program may read what is inside it as well.
    `--allow-read=${[...allow_read ?? [], folder]}`,
    `--allow-write=${allow_write}`,
    `--allow-env=${allow_env}`,
    `--allow-sys=${allow_sys}`,
  ];
}

Deno.test("deno task compile puts into the program what it needs, and nothing else", async (t) => {
  await using source = await temporaryFolder();
  await using extracted = await temporaryFolder();
  await using state = await temporaryFolder();
  await using emptyHome = await temporaryFolder();
  await prepareSource(source.path);
  // The runtime of compiled programs is a download; Deno itself stands in for it here, and cannot run them.
  const { code, stderr } = await runDeno(
    ["task", "compile"],
    { DENORT_BIN: Deno.execPath() },
    source.path,
  );
  assert.equal(code, 0, stderr);
  const bytes = await Deno.readFile(join(source.path, "dist", "rental"));
  const program = readCompiledProgram(bytes);
  const paths = [...program.files.keys()];
  const own = paths.filter((path) => !path.startsWith(".deno_compile_node_modules/"));

  await t.step("every SQL file and migration is inside, byte for byte", async () => {
    const sql = await readTree(PROJECT_DIR, "sql");
    assert.ok(sql.size > 60);
    assert.deepEqual(paths.filter((path) => path.endsWith(".sql")).sort(), [...sql.keys()].sort());
    for (const [path, text] of sql) {
      assert.ok(Buffer.from(text).equals(program.files.get(path) ?? new Uint8Array()), path);
    }
  });

  await t.step("its scripts are inside; no test, no sandbox, no .env is", async () => {
    assert.ok(own.includes("pipeline/rental.ts"));
    assert.ok(own.includes("pipeline/daily_build_dds_fact.ts"));
    assert.ok(own.includes("loaders/cleaner.ts"));
    assert.ok(own.includes("loaders/data/demo_rentals.ics"));
    const look = await readTree(PROJECT_DIR, "lib/dashboard/look");
    const looks = [...look.keys()].filter((path) => !/\.tsx?$/.test(path));
    assert.ok(looks.includes("lib/dashboard/look/report.css"));
    assert.deepEqual(looks.filter((path) => !own.includes(path)), []);
    assert.deepEqual(
      own.filter((path) =>
        !/^(lib|loaders|pipeline)\/.+\.tsx?$|^sql\/.+\.sql$|^loaders\/data\//.test(path) &&
        !looks.includes(path)
      ),
      [],
    );
    assert.deepEqual(own.filter((path) => /_test\.|^tests|sandbox|demo.*\.ts/.test(path)), []);
    assert.equal(Buffer.from(bytes.buffer).indexOf(SECRET), -1);
    assert.deepEqual(program.metadata.env_vars_from_env_file, {});
  });

  await t.step("PGlite and the packages of tests are not inside", () => {
    const strange = paths.filter((path) => /pglite|embedded_warehouse|\.wasm$/.test(path));
    // The parser of PostgreSQL, which says for the site what is built from what.
    assert.deepEqual(strange.filter((path) => !path.endsWith("/libpg-query.wasm")), []);
    for (const name of ["postgres", "zod", "commander", "ky"]) {
      assert.ok(program.packages.includes(name), name);
    }
    for (const name of ["fast-check", "selfsigned", "yaml", "amocrm-js"]) {
      assert.ok(!program.packages.includes(name), name);
    }
  });

  await t.step("its rights are those of the tasks, relative to where it is started", async () => {
    const { permissions: { pipeline } } = JSON.parse(
      await Deno.readTextFile(join(PROJECT_DIR, "deno.json")),
    );
    assert.deepEqual(program.metadata.permissions, {
      allow_read: pipeline.read,
      allow_write: pipeline.write,
      allow_net: [],
      allow_env: pipeline.env,
      // Deno 2.9 knows "umask" in permission sets alone, not on its command line.
      allow_sys: pipeline.sys.filter((name: string) => name !== "umask"),
      allow_run: null,
      allow_ffi: null,
      deny_import: [],
      prompt: false,
    });
    assert.deepEqual(pipeline.read, ["."]);
    assert.equal(program.metadata.entrypoint_key, "pipeline/rental.ts");
    assert.ok(program.metadata.unstable_config.features.includes("cron"));
    assert.equal(program.metadata.otel_config.tracing_enabled, false);
  });

  await extract(program, extracted.path);
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runDeno(
      [
        "run",
        "-q",
        ...flagsOf(program, extracted.path),
        join(extracted.path, "pipeline/rental.ts"),
        ...args,
      ],
      // Nor does it find in a cache what is not inside.
      { ...env, HOME: emptyHome.path, DENO_DIR: emptyHome.path },
      state.path,
    );

  await t.step("what is inside asks for a server when there is none", async () => {
    const { code, stderr } = await run(["migrate"]);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      "PG_HOST is missing: this build has no embedded warehouse, expected the name of a PostgreSQL server: set PG_HOST and what .env.example says beside it\n",
    );
  });

  await t.step({
    name: "what is inside is enough to migrate, check and run on a server",
    ignore: serverAccess === null,
    fn: () =>
      withServerDatabase(async ({ sql }) => {
        const env = {
          PG_HOST: serverAccess?.host ?? "",
          PG_PORT: String(serverAccess?.port),
          PG_USER: serverAccess?.user ?? "",
          PG_PASSWORD: serverAccess?.password ?? "",
          PG_DATABASE: String(sql.options.database),
          PG_SSLMODE: "disable",
        };
        await sql`drop schema ops, stg, ods, dict, dds, dm cascade`;
        for (
          const [args, said] of [
            [["migrate"], /\nApplied: (\d+) of \1\n$/],
            [["check-data"], /\nAll \d+ results are clean\n$/],
            [["runs"], /^daily_build_dds_fact /m],
            [["loader", "json_importer", "--help"], /^Usage: json_importer /],
            [["dag", "daily_build_dds_dim", "--dry-run"], /^ 1\. daily_build_dds_dim$/m],
          ] as const
        ) {
          const { code, stdout, stderr } = await run(args, env);
          assert.equal(code, 0, stderr);
          assert.match(stdout, said);
        }
      }),
  });
});
