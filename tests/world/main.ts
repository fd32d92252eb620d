// Lives through worlds: a CRM that changes at random, and the pipeline that follows it (`deno task worlds`). What the
// warehouse holds is laid beside what an oracle says that it must hold, row for row, at the end of every date.
//
//     deno task worlds --count 200            200 worlds on the embedded warehouse
//     deno task worlds --count 20 --server    on a PostgreSQL of their own
//     deno task worlds --seed 7               one of them, again
//     deno task worlds --full --count 40      a reader of changes against one that reads everything
import { describeDifferences, type Verdict } from "./report.ts";
import { shrinkWorld } from "./shrink.ts";
import type { WorldOptions } from "./world.ts";
import { createCommand } from "../../lib/script/command.ts";
import { temporaryFolder } from "../support/folders.ts";
import { TEMPLATE_VARIABLE } from "../support/embedded_template.ts";
import { openAnyPostgresPrograms } from "../support/postgres_programs.ts";
import { startPostgresServer } from "../support/postgres_server.ts";

interface Flags {
  readonly count: string;
  readonly seed?: string;
  readonly days: string;
  readonly leads: string;
  readonly server?: boolean;
  readonly keepGoing?: boolean;
  readonly full?: boolean;
  /** True unless `--no-shrink` is given. */
  readonly shrink: boolean;
}

async function main(args: readonly string[]): Promise<number> {
  const flags = createCommand("worlds", "Lives through random CRMs and checks the warehouse", [
    "deno task worlds --count 200",
    "deno task worlds --count 20 --server",
    "deno task worlds --seed 7",
    "deno task worlds --full --count 40",
  ])
    .option("--count <number>", "how many worlds", "8")
    .option("--seed <number>", "the first seed, and the only one unless --count is given")
    .option("--days <number>", "dates of each world", "8")
    .option("--leads <number>", "most leads of each world", "60")
    .option("--server", "on a PostgreSQL server, which is started for this")
    .option("--full", "compare a reader of changes with one that reads everything each time")
    .option("--no-shrink", "do not look for a smaller world that differs")
    .option("--keep-going", "do not stop at the first world that differs")
    .parse(args, { from: "user" })
    .opts<Flags>();
  await using template = await temporaryFolder();
  if (!Deno.env.get(TEMPLATE_VARIABLE)) Deno.env.set(TEMPLATE_VARIABLE, template.path);
  if (!flags.server) return await live(flags, args);
  await using programs = await openAnyPostgresPrograms();
  if (programs === null) throw new Error("Cannot start a server: this machine has no PostgreSQL");
  await using server = await startPostgresServer(programs.folder);
  const { host, port, user, password } = server.access;
  Deno.env.set("TEST_PG_HOST", host);
  Deno.env.set("TEST_PG_PORT", String(port));
  Deno.env.set("TEST_PG_USER", user);
  Deno.env.set("TEST_PG_PASSWORD", password);
  return await live(flags, args);
}

async function live(flags: Flags, args: readonly string[]): Promise<number> {
  // Only now: it looks for the server when it is loaded.
  const { liveAndJudge } = await import("./live_and_judge.ts");
  const { compareWithFull } = await import("./incremental_equals_full.ts");
  const isOne = flags.seed !== undefined && !args.includes("--count");
  const first = Number(flags.seed ?? 1);
  const count = isOne ? 1 : Number(flags.count);
  const startedMs = performance.now();
  let differing = 0;
  for (let seed = first; seed < first + count; seed++) {
    const options = { seed, days: Number(flags.days), maxLeads: Number(flags.leads) };
    const worldMs = performance.now();
    const kind = flags.server ? "server" : "embedded";
    const lifeOf = async (options: WorldOptions) =>
      flags.full
        ? describeDifferences(options, await compareWithFull(options, kind))
        : await liveAndJudge(options, kind);
    const { isGood, report } = await lifeOf(options);
    console.log(`${report} (${((performance.now() - worldMs) / 1000).toFixed(1)} s)`);
    if (isGood) continue;
    differing += 1;
    if (flags.shrink) await showSmallest(options, flags, lifeOf);
    if (!flags.keepGoing) break;
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  console.log(
    `${differing === 0 ? "No world differs" : `${differing} worlds differ`} (${seconds} s)`,
  );
  return differing === 0 ? 0 : 1;
}

/** Prints how to live through the smallest world of the seed that still differs, and its report. */
async function showSmallest(
  options: WorldOptions,
  { full, server }: Flags,
  lifeOf: (options: WorldOptions) => Promise<Verdict>,
): Promise<void> {
  console.log(
    "Looking for a smaller world of this seed that differs (--no-shrink leaves that out)",
  );
  let smallestReport = "";
  const { seed, days, maxLeads } = await shrinkWorld(options, async (candidate) => {
    const { isGood, report } = await lifeOf(candidate);
    if (!isGood) smallestReport = report;
    console.log(
      `  ${candidate.days} days, ${candidate.maxLeads} leads: ${
        isGood ? "no difference" : "differs"
      }`,
    );
    return !isGood;
  });
  const kinds = `${full ? " --full" : ""}${server ? " --server" : ""}`;
  console.log(
    `The smallest found: deno task worlds${kinds} --seed ${seed} --days ${days} --leads ${maxLeads}`,
  );
  if (smallestReport !== "") console.log(smallestReport);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
