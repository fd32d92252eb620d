import { Argument, type Command } from "commander";
import { type Config, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { ENTITIES, type Entity } from "../../lib/history/entities.ts";
import { startLiveProgress } from "../../lib/log/live_progress.ts";
import { createCommand } from "../../lib/script/command.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { describeDifference, rebuildHistory } from "./rebuild_history.ts";
import { describeLayer, type Layer, LAYERS, rebuildLayer } from "./rebuild_layer.ts";

interface RebuildFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** What can be computed anew: the three histories, and what is made of them, in this order. */
const TARGETS = [...ENTITIES, ...LAYERS] as const;

type Target = typeof TARGETS[number];

/** `history rebuild`: computes histories, facts and marts anew. */
export function rebuildCommand(dags: readonly Dag[], finish: (code: number) => void): Command {
  return createCommand("rebuild", DESCRIPTION, [
    "deno task history rebuild --dry-run",
    "deno task history rebuild leads --yes",
    "deno task history rebuild marts --yes",
  ])
    .addArgument(
      new Argument("[what]", "whose history, the facts or the marts (default: all of them)")
        .choices(TARGETS),
    )
    .option("--yes", "replace it (without this flag the difference is only shown)")
    .option("--dry-run", "only show the difference, as without --yes")
    .action(async (target: Target | undefined, flags: RebuildFlags) => {
      finish(await rebuild(dags, target ? [target] : TARGETS, flags));
    });
}

const DESCRIPTION = `Computes the history in ods anew from all rows of stg, the dimensions and
facts in dds from it, and the marts in dm from these, and shows what differs;
with --yes it replaces that, in a transaction for each. What follows from
something that was replaced is computed by the next run`;

async function rebuild(
  dags: readonly Dag[],
  targets: readonly Target[],
  flags: RebuildFlags,
): Promise<number> {
  const isWanted = (flags.yes ?? false) && !flags.dryRun;
  const config = readConfig(undefined, { amo: false });
  await using warehouse = await openMigratedWarehouse(config);
  console.log(`Warehouse: ${warehouse.description} (${warehouse.kind})`);
  const differing = new Set<Target>();
  for (const target of targets) {
    const { text, differs } = target === "facts" || target === "marts"
      ? await rebuildShownLayer(warehouse, dags, config, target, !isWanted)
      : await rebuildShownHistory(warehouse, dags, config, target, !isWanted);
    console.log(text);
    if (differs) differing.add(target);
  }
  console.log(closingLine(differing, isWanted));
  return EXIT_CODE.done;
}

/** What a rebuild has found, in words. */
interface Shown {
  readonly text: string;
  readonly differs: boolean;
}

async function rebuildShownHistory(
  warehouse: Warehouse,
  dags: readonly Dag[],
  config: Config,
  entity: Entity,
  dryRun: boolean,
): Promise<Shown> {
  const difference = await rebuildHistory(warehouse, dags, config, entity, dryRun);
  return { text: describeDifference(entity, difference), differs: difference.ids.length > 0 };
}

async function rebuildShownLayer(
  warehouse: Warehouse,
  dags: readonly Dag[],
  config: Config,
  layer: Layer,
  dryRun: boolean,
): Promise<Shown> {
  using progress = startLiveProgress();
  const { report } = progress;
  const rebuilt = await rebuildLayer(warehouse, layer, { dags, config, dryRun, report });
  const { differences = [], rowsDue = 0 } = rebuilt ?? {};
  return {
    text: describeLayer(layer, rebuilt),
    differs: differences.length + rowsDue > 0,
  };
}

/** What was done, and what is to do now. */
function closingLine(differing: ReadonlySet<Target>, isWanted: boolean): string {
  if (differing.size === 0) return "Nothing differs, nothing was changed";
  const names = TARGETS.filter((target) => differing.has(target)).join(", ");
  if (!isWanted) return `Nothing was changed: add --yes to replace what differs (${names})`;
  return TARGETS.some((target) => target !== "marts" && differing.has(target))
    ? `Replaced (${names}); what follows from that is due: deno task daily`
    : `Replaced (${names}); nothing else is due`;
}
