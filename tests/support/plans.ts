import type { TransactionSql } from "postgres";
import { z } from "zod";
import { connect, errorCode } from "../../lib/warehouse/connection.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { readServerAccess } from "./postgres_server.ts";

/** What one statement did, those inside of functions too, as auto_explain of PostgreSQL tells it. */
export interface Statement {
  readonly text: string;
  /** All looks at a block of a table or index, temporary ones too, however often it is the same. */
  readonly blocks: number;
  readonly steps: readonly Step[];
}

/** A step of a plan, with what it has really read. */
export interface Step {
  /** As EXPLAIN names it, "Seq Scan". */
  readonly kind: string;
  /** The table that it reads; null when it reads none. */
  readonly table: string | null;
  /** All rows it looked at, in all its loops, whether or not they were what it looked for. */
  readonly rowsRead: number;
  /** Parallel workers that it wanted to start, of which the server may have had fewer. */
  readonly workers: number;
  /** The most memory of a step that tells groups apart by a hash table, which it has before the first row; else 0. */
  readonly tableKb: number;
}

/** Sessions that tell what their statements did. */
export interface WatchedPlans extends AsyncDisposable {
  /** Runs `work` in a transaction, and returns what its statements did. */
  watch(work: (tx: TransactionSql) => Promise<unknown>): Promise<readonly Statement[]>;
}

/** `load` is refused to who is no superuser, and not every server has the module. */
const CANNOT_LOAD = ["42501", "58P01"];

/**
 * Watches statements on the database of a warehouse, with `settings` on top of what a session of this program sets; null
 * where the server does not tell, which a line then says.
 */
export async function watchPlans(
  { sql: { options } }: Warehouse,
  settings: Readonly<Record<string, string>>,
): Promise<WatchedPlans | null> {
  const access = readServerAccess();
  if (access === null) return null;
  let told: Statement[] = [];
  const sql = connect({
    ...access,
    username: access.user,
    database: options.database,
    max: 1,
    onnotice({ message = "" }) {
      if (IS_PLAN.test(message)) told.push(readPlan(message.slice(message.indexOf("{"))));
    },
  });
  try {
    await sql`load 'auto_explain'`;
  } catch (error) {
    await sql.end();
    if (!CANNOT_LOAD.includes(errorCode(error) ?? "")) throw error;
    console.log("This server tells no plans: its user may not load auto_explain, or it has none");
    return null;
  }
  return {
    async watch(work) {
      await sql.begin(async (tx) => {
        for (const [name, value] of Object.entries({ ...TELL, ...settings })) {
          await tx`select set_config(${name}, ${value}, true)`;
        }
        told = [];
        await work(tx);
      });
      return told;
    },
    [Symbol.asyncDispose]: () => sql.end(),
  };
}

const IS_PLAN = /^duration: .* plan:/;

const TELL = {
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_timing": "off",
  "auto_explain.log_buffers": "on",
  "auto_explain.log_nested_statements": "on",
  "auto_explain.log_format": "json",
  "auto_explain.log_level": "notice",
};

const nodeShape = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().nullable().default(null),
  "Actual Rows": z.number().default(0),
  "Actual Loops": z.number().default(0),
  "Rows Removed by Filter": z.number().default(0),
  "Rows Removed by Index Recheck": z.number().default(0),
  "Workers Planned": z.number().default(0),
  "Peak Memory Usage": z.number().default(0),
  "Shared Hit Blocks": z.number().default(0),
  "Shared Read Blocks": z.number().default(0),
  "Local Hit Blocks": z.number().default(0),
  "Local Read Blocks": z.number().default(0),
  get Plans() {
    return z.array(nodeShape).optional();
  },
});

const planShape = z.object({ "Query Text": z.string(), Plan: nodeShape });

function readPlan(json: string): Statement {
  const { "Query Text": text, Plan: plan } = planShape.parse(JSON.parse(json));
  const blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] +
    plan["Local Hit Blocks"] + plan["Local Read Blocks"];
  return { text, blocks, steps: listSteps(plan) };
}

function listSteps(plan: z.infer<typeof nodeShape>): Step[] {
  const rowsOfLoop = plan["Actual Rows"] + plan["Rows Removed by Filter"] +
    plan["Rows Removed by Index Recheck"];
  const step = {
    kind: plan["Node Type"],
    table: plan["Relation Name"],
    rowsRead: rowsOfLoop * plan["Actual Loops"],
    workers: plan["Actual Loops"] === 0 ? 0 : plan["Workers Planned"],
    tableKb: plan["Node Type"] === "Aggregate" ? plan["Peak Memory Usage"] : 0,
  };
  return [step, ...(plan.Plans ?? []).flatMap(listSteps)];
}
