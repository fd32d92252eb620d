import { parseDotEnv } from "./settings/dot_env.ts";
import { listSlips, suggestName } from "./settings/names.ts";
import { COLOUR_NAMES, findProblems, settingsOf } from "./settings/problems.ts";
import {
  type Catchup,
  type LogLevelName,
  type SslMode,
  VARIABLE_NAMES,
  type Variables,
  variables,
} from "./settings/variables.ts";

export type { Catchup, LogLevelName, SslMode };
export { VARIABLE_NAMES };

/** Where the warehouse server is. */
export interface PgSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly sslmode: SslMode;
  /** File of the authorities that may vouch for the server, PEM; without it those that Deno knows. */
  readonly sslrootcert?: string;
}

/** STG column to the name, code or numeric id of the CRM field that fills it. */
export interface FieldMap {
  readonly leads: Readonly<Record<string, string | number>>;
  readonly clients: Readonly<Record<string, string | number>>;
  readonly cars: Readonly<Record<string, string | number>>;
}

/** The account and what of it is read. */
export interface AmoSettings {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly token: string;
  /** Name or id, like the two catalogs. */
  readonly pipeline: string;
  readonly carsCatalog: string;
  readonly clientsCatalog: string;
  readonly fieldMap: FieldMap;
  readonly requestsPerSecond: number;
  /** How far before its last end the event feed is read again, since events show late. */
  readonly eventsOverlapMinutes: number;
  /** How far each read of changed leads reaches back before the end of the one before. */
  readonly overlapMinutes: number;
  /** Subdomains that the loaders may write to, lower case. */
  readonly writableAccounts: readonly string[];
}

/** Every setting, checked and in the units that the code uses. */
export interface Config {
  /** Null: the embedded warehouse. */
  readonly pg: PgSettings | null;
  /** Holds warehouse/, snapshots/ and workers/. */
  readonly dataDir: string;
  /** Null only when the command does not need amoCRM and it is not configured. */
  readonly amo: AmoSettings | null;
  /** `AMO_PIPELINE`, which the SQL of the facts needs without any access to amoCRM. */
  readonly pipeline: string;
  readonly businessTz: string;
  readonly currency: string;
  readonly logLevel: LogLevelName;
  readonly logFormat: "text" | "json";
  readonly graceMinutes: number;
  /** ISO weekdays, 1 is Monday, in ascending order. */
  readonly weekendDays: readonly number[];
  readonly maxRejectPercent: number;
  readonly keepSnapshots: boolean;
  readonly retryDelayMs: number;
  readonly pokeIntervalMs: number;
  readonly pokeTimeoutMs: number;
  /** Of the DAGs that do not say so themselves. */
  readonly catchup: Catchup;
  readonly catchupMaxDays: number;
  /** Of one try of the tasks that do not say so themselves. */
  readonly taskBudgetMinutes: number;
  /** How long running tasks may go on after SIGTERM. */
  readonly stopGraceMs: number;
  /** Holds the lines of every task, one file per attempt. */
  readonly logDir: string;
  readonly logKeepDays: number;
  /** A secret, like `deadmanUrl`: both hold tokens. Null: nobody is told. */
  readonly alertWebhookUrl: string | null;
  /** JSON with `{text}` where the message goes. */
  readonly alertTemplate: string;
  readonly deadmanUrl: string | null;
  /** Null: no page for probes and no metrics. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  /** Address that the site listens on; any other than loopback needs `dashboardToken`. */
  readonly dashboardHost: string;
  /** Null: `deno task dashboard` takes its own default, and the scheduler serves no site. */
  readonly dashboardPort: number | null;
  /** A secret. Null: whoever reaches the site sees it. */
  readonly dashboardToken: string | null;
  /** Whether the site shows names, phones and licences; else they are masked. */
  readonly dashboardShowsPersonalData: boolean;
  /** The language of the site; null: that of the browser. */
  readonly uiLanguage: "en" | "ru" | null;
  /** ISO weekday, 1 is Monday: on the first date from it on all leads are read, not only those that changed. */
  readonly fullScanWeekday: number;
  readonly freshnessHours: number;
  readonly maxRowDropPercent: number;
  /** How far past the logical date, and before the first creation of a lead or car, days are built. */
  readonly maxHorizonDays: number;
  /** Age from which a lead counts as old enough to have been won or lost. */
  readonly cohortMaturityDays: number;
  readonly maxDeletePercent: number;
}

/** Everything that is wrong with the configuration, in one message; ends a command with exit code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads every setting, or throws one `ConfigError` that lists all problems.
 *
 * An empty variable counts as unset; one that this program does not know is a problem. `env` defaults to `.env` of
 * the working directory overlaid by the process environment. No message ever holds the value of a secret.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = readEnvironment(),
  needs: { readonly amo: boolean } = { amo: true },
): Config {
  const parsed = variables.safeParse(Object.fromEntries(settingsOf(env)));
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  problems.push(...findProblems(env, needs));
  if (!parsed.success || problems.length > 0) throw new ConfigError(describe(problems));
  return toConfig(parsed.data);
}

function describe(problems: readonly string[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${count} in the configuration:`, ...problems.map((text) => ` - ${text}`)].join("\n");
}

function toConfig(values: Variables): Config {
  return {
    pg: toPgSettings(values),
    dataDir: values.DATA_DIR,
    amo: toAmoSettings(values),
    pipeline: values.AMO_PIPELINE,
    businessTz: values.BUSINESS_TZ,
    currency: values.CURRENCY,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT,
    graceMinutes: values.GRACE_MINUTES,
    weekendDays: values.WEEKEND_DAYS,
    maxRejectPercent: values.MAX_REJECT_PERCENT,
    keepSnapshots: values.KEEP_SNAPSHOTS,
    retryDelayMs: values.RETRY_DELAY_S * 1000,
    pokeIntervalMs: values.POKE_INTERVAL_S * 1000,
    pokeTimeoutMs: values.POKE_TIMEOUT_MIN * 60_000,
    catchup: values.CATCHUP,
    catchupMaxDays: values.CATCHUP_MAX_DAYS,
    taskBudgetMinutes: values.TASK_BUDGET_MIN,
    stopGraceMs: values.STOP_GRACE_S * 1000,
    logDir: values.LOG_DIR,
    logKeepDays: values.LOG_KEEP_DAYS,
    alertWebhookUrl: values.ALERT_WEBHOOK_URL ?? null,
    alertTemplate: values.ALERT_TEMPLATE,
    deadmanUrl: values.DEADMAN_URL ?? null,
    metricsPort: values.METRICS_PORT,
    metricsHost: values.METRICS_HOST,
    dashboardHost: values.DASHBOARD_HOST,
    dashboardPort: values.DASHBOARD_PORT,
    dashboardToken: values.DASHBOARD_TOKEN ?? null,
    dashboardShowsPersonalData: values.DASHBOARD_SHOW_PII,
    uiLanguage: values.UI_LANG,
    fullScanWeekday: values.FULL_SCAN_WEEKDAY,
    freshnessHours: values.FRESHNESS_HOURS,
    maxRowDropPercent: values.MAX_ROW_DROP_PERCENT,
    maxHorizonDays: values.MAX_HORIZON_DAYS,
    cohortMaturityDays: values.COHORT_MATURITY_DAYS,
    maxDeletePercent: values.MAX_DELETE_PERCENT,
  };
}

function toPgSettings(values: Variables): PgSettings | null {
  if (!values.PG_HOST) return null;
  return {
    host: values.PG_HOST,
    port: values.PG_PORT,
    database: values.PG_DATABASE ?? "",
    user: values.PG_USER ?? "",
    password: values.PG_PASSWORD ?? "",
    sslmode: values.PG_SSLMODE,
    ...(values.PG_SSLROOTCERT ? { sslrootcert: values.PG_SSLROOTCERT } : {}),
  };
}

function toAmoSettings(values: Variables): AmoSettings | null {
  // AMO_BASE_URL wins, so that a shell can point a configured machine at kommo.com or a sandbox.
  const baseUrl = values.AMO_BASE_URL ||
    (values.AMO_SUBDOMAIN && `https://${values.AMO_SUBDOMAIN}.amocrm.ru`);
  if (!baseUrl || !values.AMO_TOKEN) return null;
  return {
    baseUrl,
    token: values.AMO_TOKEN,
    pipeline: values.AMO_PIPELINE,
    carsCatalog: values.AMO_CARS_CATALOG,
    clientsCatalog: values.AMO_CLIENTS_CATALOG,
    fieldMap: values.AMO_FIELD_MAP,
    requestsPerSecond: values.AMO_RPS,
    eventsOverlapMinutes: values.AMO_EVENTS_OVERLAP_MIN,
    overlapMinutes: values.AMO_OVERLAP_MIN,
    writableAccounts: values.AMO_WRITABLE_ACCOUNTS,
  };
}

/**
 * The schedules that `SCHEDULE_<DAG_ID>` sets, by DAG id. Throws `ConfigError` when .env has such a variable
 * for a DAG that there is not; the shell's cannot be listed without a right to all of them.
 */
export function readScheduleOverrides(
  dagIds: readonly string[],
  env: Readonly<Record<string, string | undefined>> = readEnvironment(dagIds.map(scheduleVariable)),
): ReadonlyMap<string, string> {
  const known = dagIds.map(scheduleVariable);
  // A slip in the first word is not known to be meant for a schedule.
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith("SCHEDULE_") && !known.includes(name));
  if (unknown.length > 0) {
    throw new ConfigError(describe(unknown.map((name) => {
      const meant = suggestName(name, known);
      return `${name} names no DAG${meant === null ? "" : `: did you mean ${meant}?`}`;
    })));
  }
  const set = dagIds.map((id) => [id, env[scheduleVariable(id)] ?? ""] as const);
  return new Map(set.filter(([, text]) => text !== ""));
}

/** The variable that overrides the schedule of a DAG. */
export function scheduleVariable(dagId: string): string {
  return `SCHEDULE_${dagId.toUpperCase()}`;
}

/** The named variables, everything that .env has, and what of the shell is one slip away from the names. */
export function readEnvironment(
  names: readonly string[] = VARIABLE_NAMES,
): Record<string, string | undefined> {
  // One by one, because the whole environment would need a wider permission than these names.
  const fromProcess = names.map((name) => [name, Deno.env.get(name)])
    .filter(([, value]) => value !== undefined);
  return { ...readDotEnv(), ...readSlips(names), ...Object.fromEntries(fromProcess) };
}

/** Variables of the shell whose names are misspelt, as far as this process may ask for them. */
function readSlips(names: readonly string[]): Record<string, string> {
  const known = new Set([...VARIABLE_NAMES, ...COLOUR_NAMES, ...names]);
  const slips = new Set(names.flatMap(listAskableSlips));
  const found = [...slips].filter((name) => !known.has(name))
    .map((name) => [name, Deno.env.get(name)] as const)
    .filter((entry): entry is [string, string] => Boolean(entry[1]));
  return Object.fromEntries(found);
}

/**
 * Permissions name variables or what they begin with, so one question answers for all slips that begin alike:
 * asking for each of the 15,000 takes longer than everything else that a command does at its start.
 */
function listAskableSlips(name: string): string[] {
  const [word = name] = name.split("_");
  const start = [word, `${word}_`].find((prefix) => isGranted(`${prefix}QZ`));
  return start === undefined ? [] : listSlips(name).filter((slip) => slip.startsWith(start));
}

function isGranted(variable: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}

/** Whether output to this stream is coloured: NO_COLOR, else FORCE_COLOR or CLICOLOR_FORCE, else on a terminal. */
export function wantsColour(stream: { isTerminal(): boolean }): boolean {
  const [never, force, cliForce] = COLOUR_NAMES.map((name) => Deno.env.get(name) ?? "");
  if (never || force === "0" || force === "false") return false;
  return Boolean(force) || (Boolean(cliForce) && cliForce !== "0") || stream.isTerminal();
}

const DOT_ENV = ".env";

function readDotEnv(): Readonly<Record<string, string | undefined>> {
  const bytes = readDotEnvFile();
  if (bytes === null) return {};
  const { values, problems } = parseDotEnv(bytes);
  if (problems.length > 0) throw new ConfigError(describe(problems));
  return values;
}

function readDotEnvFile(): Uint8Array | null {
  try {
    return Deno.readFileSync(DOT_ENV);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.NotCapable) {
      throw new ConfigError(
        "Cannot read .env of this folder: this program may read the folder of the project, " +
          "expected to be started there",
      );
    }
    throw error;
  }
}

/** A sentence when others on this machine can read the secrets of .env; null when they cannot. */
export function findOpenDotEnv(): string | null {
  try {
    const { mode, isFile } = Deno.statSync(DOT_ENV);
    // Windows has no such mode.
    if (!isFile || mode === null || (mode & 0o077) === 0) return null;
    return "Warning: other users of this machine can read .env, which holds secrets: chmod 600 .env";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return null;
    }
    throw error;
  }
}
