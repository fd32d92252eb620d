import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readConfig, VARIABLE_NAMES } from "../lib/config.ts";
import { subcommands } from "../pipeline/rental.ts";
import { listCopied, readDockerfile } from "./support/dockerfile.ts";
import { PROJECT_DIR } from "./support/script.ts";

const commandShape = z.array(z.string()).min(1);
const composeShape = z.object({
  services: z.record(
    z.string(),
    z.object({
      env_file: z.string().optional(),
      environment: z.record(z.string(), z.string()),
      command: commandShape.optional(),
      volumes: z.array(z.string()),
      deploy: z.object({ replicas: z.number() }).optional(),
      stop_grace_period: z.string().optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});
const denoShape = z.object({
  tasks: z.record(z.string(), z.unknown()),
  permissions: z.object({ pipeline: z.object({ write: z.array(z.string()) }) }),
});

function read(path: string): Promise<string> {
  return Deno.readTextFile(join(PROJECT_DIR, path));
}

async function readCompose() {
  // Anchors with << are of YAML 1.1, which Compose reads.
  return composeShape.parse(parse(await read("compose.yaml"), { merge: true }));
}

async function textsOf(name: string, stage: number): Promise<string[]> {
  return readDockerfile(await read("Dockerfile"))
    .filter((instruction) => instruction.name === name && instruction.stage === stage)
    .map(({ text }) => text);
}

/** Where the image keeps what outlives it. */
async function readVolumes(): Promise<string[]> {
  const [volumes = "[]"] = await textsOf("VOLUME", 1);
  return commandShape.parse(JSON.parse(volumes));
}

const names = subcommands.map(({ name }) => name);

Deno.test("readDockerfile() joins continued lines and counts stages", () => {
  const text = "# one\nFROM a AS b\nRUN x \\\n    y\nCOPY --from=b c d\n\nFROM e\nCOPY f g ./\n";
  assert.deepEqual(readDockerfile(text), [
    { stage: 0, name: "FROM", text: "a AS b" },
    { stage: 0, name: "RUN", text: "x y" },
    { stage: 0, name: "COPY", text: "--from=b c d" },
    { stage: 1, name: "FROM", text: "e" },
    { stage: 1, name: "COPY", text: "f g ./" },
  ]);
});

Deno.test("the Dockerfile copies what is there, and .dockerignore lets just that through", async () => {
  const copied = listCopied(readDockerfile(await read("Dockerfile")));
  for (const name of copied) assert.ok(await Deno.stat(join(PROJECT_DIR, name)), name);
  const lines = (await read(".dockerignore")).split("\n").filter((line) => /^[^#\s]/.test(line));
  assert.equal(lines[0], "*");
  assert.deepEqual(lines.slice(1).map((line) => line.replace(/^!/, "")).sort(), [...copied].sort());
});

Deno.test("the Dockerfile compiles with a task that is there, by the Deno that CI has", async () => {
  const { tasks } = denoShape.parse(JSON.parse(await read("deno.json")));
  const named = [...(await read("Dockerfile")).matchAll(/deno task ([\w-]+)/g)].map(([, task]) =>
    task
  );
  assert.deepEqual(named, ["compile"]);
  assert.ok("compile" in tasks);
  const version = /^DENO_VERSION=(.+)$/m.exec(await read(".ci/run"))?.[1];
  assert.deepEqual(await textsOf("FROM", 0), [`denoland/deno:debian-${version} AS build`]);
});

Deno.test("the image runs as nobody in particular, and as the program itself", async () => {
  assert.deepEqual(await textsOf("USER", 1), ["65532:65532"]);
  assert.deepEqual(await textsOf("RUN", 1), []);
  assert.deepEqual(await textsOf("STOPSIGNAL", 1), ["SIGTERM"]);
  const [entry = "", command = ""] = [
    ...await textsOf("ENTRYPOINT", 1),
    ...await textsOf("CMD", 1),
  ];
  // As JSON both are started without a shell, which would keep SIGTERM to itself.
  assert.deepEqual(JSON.parse(entry), ["/usr/local/bin/rental"]);
  assert.deepEqual(JSON.parse(command), ["scheduler"]);
  const [health = ""] = await textsOf("HEALTHCHECK", 1);
  const [program, subcommand] = commandShape.parse(JSON.parse(health.replace(/^.*?CMD /, "")));
  assert.equal(program, "/usr/local/bin/rental");
  assert.ok(names.includes("scheduler") && names.includes(String(subcommand)));
});

Deno.test("the image keeps what the program may write", async () => {
  const { permissions } = denoShape.parse(JSON.parse(await read("deno.json")));
  const [home = ""] = await textsOf("WORKDIR", 1);
  assert.deepEqual(
    await readVolumes(),
    permissions.pipeline.write.map((path) => `${home}/${path}`),
  );
  const { dataDir, logDir } = readConfig({}, { amo: false });
  assert.deepEqual([dataDir, logDir], permissions.pipeline.write);
});

Deno.test("compose.yaml starts two schedulers once the warehouse is migrated", async () => {
  const { services } = await readCompose();
  assert.deepEqual(Object.keys(services).sort(), ["migrate", "scheduler", "warehouse"]);
  const { scheduler, migrate } = services;
  assert.deepEqual([scheduler?.command, migrate?.command], [["scheduler"], ["migrate"]]);
  for (const { command } of Object.values(services)) {
    assert.ok(command === undefined || names.includes(String(command[0])));
  }
  assert.equal(scheduler?.deploy?.replicas, 2);
  assert.deepEqual(scheduler?.depends_on, {
    warehouse: { condition: "service_healthy" },
    migrate: { condition: "service_completed_successfully" },
  });
  const graceMs = readConfig({}, { amo: false }).stopGraceMs;
  assert.ok(Number.parseInt(scheduler?.stop_grace_period ?? "") * 1000 > graceMs);
});

Deno.test("compose.yaml holds no secret, and no setting that there is not", async () => {
  const { services } = await readCompose();
  for (const name of ["scheduler", "migrate"]) {
    const { env_file: file, environment = {} } = services[name] ?? {};
    assert.equal(file, ".env");
    assert.deepEqual(Object.keys(environment).filter((one) => !VARIABLE_NAMES.includes(one)), []);
    assert.deepEqual(Object.keys(environment).filter((one) => /PASSWORD|TOKEN|URL/.test(one)), []);
  }
  const { environment = {} } = services.warehouse ?? {};
  for (const value of Object.values(environment)) {
    const variable = /^\$\{(\w+):\?set \1 in \.env\}$/.exec(value)?.[1];
    assert.ok(variable && VARIABLE_NAMES.includes(variable), value);
  }
});

Deno.test("compose.yaml keeps the data, the logs and the warehouse", async () => {
  const { services, volumes } = await readCompose();
  const mounted = Object.values(services).flatMap((service) => service.volumes)
    .map((volume) => volume.split(":"));
  assert.deepEqual(new Set(mounted.map(([volume]) => volume)), new Set(Object.keys(volumes)));
  assert.deepEqual(
    services.scheduler?.volumes.map((volume) => volume.split(":")[1]),
    await readVolumes(),
  );
});
