import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "./support/folders.ts";
import { PROJECT_DIR, runDeno } from "./support/script.ts";
import { readSource } from "./support/sources.ts";

type Entry = boolean | readonly string[];
type PermissionSet = Readonly<Partial<Record<"read" | "write" | "net" | "env" | "sys", Entry>>>;

const { tasks, permissions }: {
  tasks: Record<string, { command: string }>;
  permissions: Record<string, PermissionSet>;
} = JSON.parse(await readSource("deno.json"));

/** Tries what a task might be made to do by bad data or a bad package, and prints what came of it. */
const ATTEMPTS = `
const attempts = {
  "write a file of the project": () => {
    Deno.writeTextFileSync("README.md.copy", "");
    Deno.removeSync("README.md.copy");
  },
  "write .env": () => Deno.writeTextFileSync(".env", "", { append: true, create: false }),
  "write elsewhere": () => Deno.writeTextFileSync(Deno.args[0] + "/file", ""),
  "read elsewhere": () => Deno.readTextFileSync(Deno.args[0] + "/secret"),
  "read the project": () => Deno.readTextFileSync("deno.json"),
  "read another variable": () => Deno.env.get("HOME"),
  "read all variables": () => Deno.env.toObject(),
  "set a variable": () => Deno.env.set("HOME", "/"),
  "start a program": () => new Deno.Command("id").outputSync(),
  "load native code": () => Deno.dlopen("libc.so.6", {}),
  "know the machine": () => Deno.osRelease(),
  // Of the addresses for documentation: nobody answers.
  "reach another host": () =>
    Promise.race([
      Deno.connect({ hostname: "192.0.2.1", port: 9 }),
      new Promise((resolve) => setTimeout(resolve, 100)),
    ]),
  "listen to other machines": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }).close(),
};
const results = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
    results[name] = "allowed";
  } catch (error) {
    results[name] = error.name === "NotCapable" ? "refused" : "allowed";
  }
}
console.log(JSON.stringify(results));
Deno.exit(0);
`;

/** What no task may do. */
const REFUSED = {
  "write a file of the project": "refused",
  "write .env": "refused",
  "write elsewhere": "refused",
  "read another variable": "refused",
  "read all variables": "refused",
  "set a variable": "refused",
  "start a program": "refused",
  "load native code": "refused",
  "know the machine": "refused",
};

const EXPECTED = {
  pipeline: {
    ...REFUSED,
    "read elsewhere": "refused",
    "read the project": "allowed",
    "reach another host": "allowed",
    "listen to other machines": "allowed",
  },
  // It writes beside the project's files, and starts Chromium alone.
  report: {
    ...REFUSED,
    "write a file of the project": "allowed",
    "read elsewhere": "allowed",
    "read the project": "allowed",
    "reach another host": "allowed",
    "listen to other machines": "allowed",
  },
  // They read the files that people name, wherever those are.
  loaders: {
    ...REFUSED,
    "read elsewhere": "allowed",
    "read the project": "allowed",
    "reach another host": "allowed",
    "listen to other machines": "allowed",
  },
  sandbox: {
    ...REFUSED,
    "read elsewhere": "refused",
    "read the project": "refused",
    "reach another host": "refused",
    "listen to other machines": "refused",
  },
} as const;

for (const [set, expected] of Object.entries(EXPECTED)) {
  Deno.test(`the permissions of ${set} refuse what its tasks have no need of`, async () => {
    await using folder = await temporaryFolder();
    const script = join(folder.path, "attempts.ts");
    await Deno.writeTextFile(script, ATTEMPTS);
    await Deno.writeTextFile(join(folder.path, "secret"), "secret");
    const flags = ["run", "-q", "--no-check", "--no-prompt", "--config", "deno.json", `-P=${set}`];
    const { code, stdout, stderr } = await runDeno(
      [...flags, script, folder.path],
      {},
      PROJECT_DIR,
    );
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(JSON.parse(stdout), expected);
  });
}

Deno.test("deno.json lists the variables once in effect: all sets and the compiled program agree", () => {
  assert.deepEqual(Object.keys(permissions).sort(), Object.keys(EXPECTED).sort());
  const { pipeline, loaders, report } = permissions;
  assert.deepEqual(loaders?.env, pipeline?.env);
  assert.deepEqual(report?.env, pipeline?.env);

  const { command = "" } = tasks.compile ?? {};
  const flags = [...command.matchAll(/ --allow-(\w+)(?:='?([^' ]*)'?)?/g)]
    .map(([, name, list]) => [name, list === undefined ? true : list.split(",")]);
  // Deno 2.9 knows "umask" in permission sets alone, not on its command line.
  const sys = Array.isArray(pipeline?.sys) ? pipeline.sys.filter((name) => name !== "umask") : [];
  assert.deepEqual(Object.fromEntries(flags), { ...pipeline, sys });
});

Deno.test("each task has a set of permissions of its kind, and docs/permissions.md names each set", async () => {
  const sets = Object.entries(tasks).flatMap(([name, { command }]) => {
    const set = / -P=(\w+) /.exec(command)?.[1];
    return set === undefined ? [] : [[name, set] as const];
  });
  const loaders = sets.filter(([, set]) => set === "loaders").map(([name]) => name);
  assert.deepEqual(loaders.sort(), [
    "calendar_importer",
    "cleaner",
    "helper_fields",
    "json_importer",
    "leads_generator",
  ]);
  assert.deepEqual(sets.filter(([, set]) => set === "sandbox").map(([name]) => name), ["sandbox"]);
  const text = await readSource("docs/permissions.md");
  const named = [...text.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)];
  assert.deepEqual(named.map(([, set]) => set).sort(), Object.keys(permissions).sort());
  const pipelineTasks = named.find(([, set]) => set === "pipeline")?.[2] ?? "";
  const missing = sets.filter(([, set]) => set === "pipeline").map(([name]) => `\`${name}\``)
    .filter((name) => !pipelineTasks.includes(name));
  assert.deepEqual(missing, []);
});
