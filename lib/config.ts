import { z } from "zod";
import { parseDotEnv } from "./settings/dot_env.ts";
import {
  isHost,
  isWhole,
  numberSetting,
  oneOf,
  optional,
  parseAccounts,
  parseBaseUrl,
  parseBoolean,
  parseFieldMap,
  parsePort,
  parseTemplate,
  parseTimeZone,
  parseWeekday,
  parseWeekdays,
  secretUrl,
  setting,
} from "./settings/kinds.ts";
import { listSlips, suggestName } from "./settings/names.ts";

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

/** What becomes of dates whose slot passed while no scheduler ran. */
export type Catchup = "none" | "last" | "all";

export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
export type LogLevelName = "debug" | "info" | "warning" | "error";

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

const SSL_MODES: readonly SslMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
const LOG_LEVELS: readonly LogLevelName[] = ["debug", "info", "warning", "error"];
const LOG_FORMATS = ["text", "json"] as const;

const UI_LANGUAGES = ["en", "ru"] as const;

const CATCHUPS: readonly Catchup[] = ["none", "last", "all"];

/** Of `DASHBOARD_TOKEN`, in characters. */
const SHORTEST_TOKEN = 16;

/** Every variable this program reads; `.env.example` lists the same ones, and a test compares them. */
const variables = z.object({
  PG_HOST: optional.refine((text) => text === undefined || isHost(text), {
    message: "is an address with a port or a protocol, expected a host name or an IP address: " +
      "the port goes to PG_PORT",
  }),
  PG_PORT: numberSetting(
    "5432",
    "a port from 1 to 65535",
    isWhole(1, 65535),
  ),
  PG_DATABASE: optional,
  PG_USER: optional,
  PG_PASSWORD: optional,
  PG_SSLMODE: oneOf("prefer", SSL_MODES),
  PG_SSLROOTCERT: optional,
  DATA_DIR: z.string().default(".data"),
  AMO_SUBDOMAIN: setting(
    "",
    "the first part of the account's address, letters, digits and hyphens",
    (text) => /^[a-z0-9-]*$/i.test(text) ? text : undefined,
  ),
  AMO_TOKEN: optional
    .refine((text) => !/^bearer\s/i.test(text ?? ""), {
      message: 'begins with "Bearer ", expected the token alone: leave that word out',
    })
    .refine((text) => /^bearer\s/i.test(text ?? "") || !/\S\s+\S/.test(text ?? ""), {
      message: "has blanks or line ends inside, expected the token in one piece: copy it again",
    }),
  AMO_BASE_URL: setting(
    "",
    "an http or https address without a path, like https://mycompany.amocrm.ru",
    parseBaseUrl,
  ),
  AMO_PIPELINE: z.string().default("Car Rental"),
  AMO_CARS_CATALOG: z.string().default("Cars"),
  AMO_CLIENTS_CATALOG: z.string().default("Clients"),
  AMO_FIELD_MAP: setting(
    "{}",
    'JSON like {"leads":{"plate":"Car number","dailyrate":123456},"clients":{},"cars":{}}',
    parseFieldMap,
  ),
  AMO_RPS: numberSetting("7", "a number above 0 and at most 50", (rate) => rate > 0 && rate <= 50),
  AMO_OVERLAP_MIN: numberSetting("10", "whole minutes from 0 to 1440", isWhole(0, 1440)),
  AMO_EVENTS_OVERLAP_MIN: numberSetting("60", "whole minutes from 0 to 10080", isWhole(0, 10_080)),
  AMO_WRITABLE_ACCOUNTS: setting("", "subdomains like mycompany,mycompany-test", parseAccounts),
  BUSINESS_TZ: setting("Asia/Dubai", "a time zone like Asia/Dubai", parseTimeZone),
  CURRENCY: setting(
    "AED",
    "three letters like AED",
    (text) => /^[a-z]{3}$/i.test(text) ? text.toUpperCase() : undefined,
  ),
  GRACE_MINUTES: numberSetting(
    "29",
    "whole minutes from 0 to 1439",
    isWhole(0, 1439),
  ),
  WEEKEND_DAYS: setting("sat,sun", "weekdays like sat,sun", parseWeekdays),
  MAX_REJECT_PERCENT: numberSetting(
    "5",
    "a percentage from 0 to 100",
    (percent) => percent >= 0 && percent <= 100,
  ),
  KEEP_SNAPSHOTS: setting("false", "true or false", parseBoolean),
  RETRY_DELAY_S: numberSetting("60", "seconds, 0 or more", (seconds) => seconds >= 0),
  FULL_SCAN_WEEKDAY: setting("sun", "a weekday like sun", parseWeekday),
  POKE_INTERVAL_S: numberSetting("60", "seconds above 0", (seconds) => seconds > 0),
  POKE_TIMEOUT_MIN: numberSetting("60", "minutes, 0 or more", (minutes) => minutes >= 0),
  TASK_BUDGET_MIN: numberSetting("60", "minutes above 0", (minutes) => minutes > 0),
  FRESHNESS_HOURS: numberSetting("30", "hours above 0", (hours) => hours > 0),
  MAX_ROW_DROP_PERCENT: numberSetting(
    "20",
    "a percentage from 0 to 100",
    (percent) => percent >= 0 && percent <= 100,
  ),
  MAX_HORIZON_DAYS: numberSetting("730", "whole days from 1 to 36500", isWhole(1, 36_500)),
  COHORT_MATURITY_DAYS: numberSetting("30", "whole days from 0 to 3650", isWhole(0, 3650)),
  MAX_DELETE_PERCENT: numberSetting(
    "20",
    "a percentage from 0 to 100",
    (percent) => percent >= 0 && percent <= 100,
  ),
  CATCHUP: oneOf("none", CATCHUPS),
  CATCHUP_MAX_DAYS: numberSetting("30", "whole days from 1 to 366", isWhole(1, 366)),
  STOP_GRACE_S: numberSetting("30", "seconds, 0 or more", (seconds) => seconds >= 0),
  ALERT_WEBHOOK_URL: secretUrl,
  ALERT_TEMPLATE: setting(
    '{"text":"{text}"}',
    'JSON with {text} in a string, like {"text":"{text}"}',
    parseTemplate,
  ),
  DEADMAN_URL: secretUrl,
  METRICS_PORT: setting("", "a port from 0 to 65535, or nothing", parsePort),
  METRICS_HOST: z.string().default("127.0.0.1"),
  DASHBOARD_HOST: setting(
    "127.0.0.1",
    "the name or address of this machine that the site listens on, without a port",
    (text) => isHost(text) && !text.startsWith("/") ? text : undefined,
  ),
  DASHBOARD_PORT: setting("", "a port from 0 to 65535, or nothing", parsePort),
  DASHBOARD_TOKEN: optional
    .refine((text) => text === undefined || text.length >= SHORTEST_TOKEN, {
      message: `is shorter than ${SHORTEST_TOKEN} characters, expected a longer one that nobody ` +
        "guesses: make one with openssl rand -hex 16",
    })
    .refine((text) => !/\s/.test(text ?? ""), {
      message: "has blanks or line ends inside, expected one word: make one with " +
        "openssl rand -hex 16",
    }),
  DASHBOARD_SHOW_PII: setting("false", "true or false", parseBoolean),
  UI_LANG: setting(
    "",
    `one of ${UI_LANGUAGES.join(", ")}, or nothing`,
    (text) => text === "" ? null : UI_LANGUAGES.find((one) => one === text),
  ),
  LOG_LEVEL: oneOf("info", LOG_LEVELS),
  LOG_FORMAT: oneOf("text", LOG_FORMATS),
  LOG_DIR: z.string().default("logs"),
  LOG_KEEP_DAYS: numberSetting("30", "whole days from 1 to 3650", isWhole(1, 3650)),
});

type Variables = z.infer<typeof variables>;

/** Those of the terminal, which choose colours for many programs. */
const COLOUR_NAMES = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"];

/** The names of all variables, in the order of `.env.example`. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(variables.shape);

/**
 * Reads every setting, or throws one `ConfigError` that lists all problems.
 *
 * An empty variable counts as unset; one that this program does not know is a problem. `env` defaults to `.env` of the working directory overlaid by the
 * process environment. No message ever holds the value of a secret.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = readEnvironment(),
  needs: { readonly amo: boolean } = { amo: true },
): Config {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== "");
  const parsed = variables.safeParse(Object.fromEntries(set));
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  problems.push(...unknownSettings(Object.keys(env)), ...blanksAround(set));
  problems.push(...missingSettings(new Set(set.map(([name]) => name)), needs));
  if (env.PG_SSLROOTCERT && !VERIFYING_MODES.includes(env.PG_SSLMODE ?? "")) {
    problems.push(
      `PG_SSLROOTCERT is set, but PG_SSLMODE is ${
        env.PG_SSLMODE || "prefer"
      }, which verifies nothing: ` +
        `set PG_SSLMODE to ${VERIFYING_MODES.join(" or ")}`,
    );
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(describe(problems));
  return toConfig(parsed.data);
}

function describe(problems: readonly string[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${count} in the configuration:`, ...problems.map((text) => ` - ${text}`)].join("\n");
}

function unknownSettings(names: readonly string[]): string[] {
  const known = [...VARIABLE_NAMES, ...COLOUR_NAMES];
  // Which DAGs there are is known to those that read their schedules.
  return names.filter((name) => !known.includes(name) && !name.startsWith("SCHEDULE_"))
    .map((name) => `${name} ${describeUnknown(name, known)}`);
}

function describeUnknown(name: string, known: readonly string[]): string {
  const meant = suggestName(name, known);
  return meant === null
    ? "is no setting of this program: .env.example has all of them; take it away"
    : `is no setting of this program: did you mean ${meant}?`;
}

/** A password and a template may have them. */
const MAY_HAVE_BLANKS = ["PG_PASSWORD", "ALERT_TEMPLATE", "AMO_FIELD_MAP"];

function blanksAround(set: readonly (readonly [string, string | undefined])[]): string[] {
  return set
    .filter(([name, value = ""]) =>
      VARIABLE_NAMES.includes(name) && !MAY_HAVE_BLANKS.includes(name) && value !== value.trim()
    )
    .map(([name]) => `${name} has blanks around its value, expected none: take them away`);
}

/** What says nothing without a server, so that whoever sets it means one. */
const NEEDS_HOST = [
  "PG_PORT",
  "PG_DATABASE",
  "PG_USER",
  "PG_PASSWORD",
  "PG_SSLMODE",
  "PG_SSLROOTCERT",
];

const VERIFYING_MODES = ["verify-ca", "verify-full"];

function missingSettings(set: ReadonlySet<string>, needs: { readonly amo: boolean }): string[] {
  const missing: string[] = [];
  const aimless = NEEDS_HOST.filter((name) => set.has(name));
  if (!set.has("PG_HOST") && aimless.length > 0) {
    const verb = aimless.length === 1 ? "is" : "are";
    missing.push(
      `PG_HOST is missing: ${
        aimless.join(", ")
      } ${verb} set, so the name of the server is needed; ` +
        "for the embedded warehouse take all PG_ settings away",
    );
  }
  if (set.has("PG_HOST") && !set.has("PG_DATABASE")) {
    missing.push("PG_DATABASE is missing: PG_HOST is set, so the name of the database is needed");
  }
  if (set.has("PG_HOST") && !set.has("PG_USER")) {
    missing.push("PG_USER is missing: PG_HOST is set, so the role to log in with is needed");
  }
  if (needs.amo && !set.has("AMO_SUBDOMAIN") && !set.has("AMO_BASE_URL")) {
    missing.push("AMO_SUBDOMAIN is missing: set it to the first part of the account's address");
  }
  if (needs.amo && !set.has("AMO_TOKEN")) {
    missing.push("AMO_TOKEN is missing: create a long-lived token in the integration's settings");
  }
  return missing;
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
