import { z } from "zod";
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
} from "./kinds.ts";

/** What becomes of dates whose slot passed while no scheduler ran. */
export type Catchup = "none" | "last" | "all";

export type SslMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
export type LogLevelName = "debug" | "info" | "warning" | "error";

const SSL_MODES: readonly SslMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
const LOG_LEVELS: readonly LogLevelName[] = ["debug", "info", "warning", "error"];
const LOG_FORMATS = ["text", "json"] as const;

const UI_LANGUAGES = ["en", "ru"] as const;

const CATCHUPS: readonly Catchup[] = ["none", "last", "all"];

/** Of `DASHBOARD_TOKEN`, in characters. */
const SHORTEST_TOKEN = 16;

/** Every variable this program reads; `.env.example` lists the same ones, and a test compares them. */
export const variables = z.object({
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

/** Their values, parsed. */
export type Variables = z.infer<typeof variables>;

/** The names of all variables, in the order of `.env.example`. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(variables.shape);
