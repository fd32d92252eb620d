import { z } from "zod";
import { type Config, ConfigError } from "../config.ts";
import { querySqlFile, SqlFileError } from "./sql_file.ts";
import { log, type Warehouse } from "./warehouse.ts";

/** What the rows of a warehouse depend on: in which days they are counted, and of which money they speak. */
export type Business = Pick<Config, "businessTz" | "currency">;

const settingRows = z.array(z.object({ name: z.string(), value: z.string() }));
const rememberedRows = z.tuple([
  z.object({ settings_remembered: z.number(), has_runs: z.boolean() }),
]);

/** Throws `ConfigError` when the warehouse was filled with another BUSINESS_TZ or CURRENCY. Writes nothing. */
export async function checkBusiness(warehouse: Warehouse, business: Business): Promise<void> {
  refuseOther(await listRemembered(warehouse), business);
}

type Remembered = ReadonlyMap<string, string>;

async function listRemembered({ sql }: Warehouse): Promise<Remembered> {
  const rows = settingRows.parse([...await querySqlFile(sql, "ops/list_business.sql", [])]);
  return new Map(rows.map(({ name, value }) => [name, value]));
}

function refuseOther(remembered: Remembered, business: Business): void {
  const problems = [
    ["BUSINESS_TZ", business.businessTz, isSameZone],
    ["CURRENCY", business.currency, (a: string, b: string) => a === b],
  ] as const;
  const sentences = problems.flatMap(([name, now, isSame]) => {
    const before = remembered.get(name);
    return before === undefined || isSame(before, now) ? [] : [describe(name, before, now)];
  });
  if (sentences.length > 0) throw new ConfigError(sentences.join("\n"));
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** The same for who only looks: where the login may not read what is remembered, nothing is refused. */
export async function checkBusinessIfReadable(
  warehouse: Warehouse,
  business: Business,
): Promise<void> {
  try {
    await checkBusiness(warehouse, business);
  } catch (error) {
    if (!(error instanceof SqlFileError) || error.sqlState !== INSUFFICIENT_PRIVILEGE) throw error;
  }
}

/**
 * Remembers the settings at the first run of a warehouse, and says so where it has rows from before.
 * Throws `ConfigError` as `checkBusiness` does.
 */
export async function rememberBusiness(warehouse: Warehouse, business: Business): Promise<void> {
  // What is remembered is never written over: hardly any run has anything to write.
  const remembered = await listRemembered(warehouse);
  if (remembered.has("BUSINESS_TZ") && remembered.has("CURRENCY")) {
    refuseOther(remembered, business);
    return;
  }
  const { businessTz, currency } = business;
  const [{ settings_remembered: count, has_runs: hasRuns }] = rememberedRows.parse([
    ...await querySqlFile(warehouse.sql, "ops/remember_business.sql", [businessTz, currency]),
  ]);
  if (count > 0 && hasRuns) {
    log.info(
      "The warehouse did not know what it was filled with: from now on it is BUSINESS_TZ={businessTz} and " +
        "CURRENCY={currency}, those of this run, and others are refused",
      { businessTz, currency },
    );
  }
  await checkBusiness(warehouse, business);
}

function describe(name: string, before: string, now: string): string {
  return `Cannot use this warehouse with ${name}=${now}: it was filled with ${name}=${before}, expected the same, ` +
    `since the days and sums that it holds would mean something else: set ${name}=${before} again, or take a ` +
    "new database (another PG_DATABASE or DATA_DIR)";
}

/** Zones have several names: Asia/Calcutta is Asia/Kolkata. */
function isSameZone(a: string, b: string): boolean {
  const [one, other] = [a, b].map((zone) => new Temporal.ZonedDateTime(0n, zone));
  return one !== undefined && other !== undefined && one.equals(other);
}
