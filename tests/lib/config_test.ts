import assert from "node:assert/strict";
import { ConfigError, readConfig, VARIABLE_NAMES } from "../../lib/config.ts";
import { readMachineVariables } from "../support/script.ts";

const AMO = { AMO_SUBDOMAIN: "blue-cars", AMO_TOKEN: "t0ken" };

Deno.test("readConfig() has a default for everything but the account", () => {
  assert.deepEqual(readConfig(AMO), {
    pg: null,
    dataDir: ".data",
    amo: {
      baseUrl: "https://blue-cars.amocrm.ru",
      token: "t0ken",
      pipeline: "Car Rental",
      carsCatalog: "Cars",
      clientsCatalog: "Clients",
      fieldMap: { leads: {}, clients: {}, cars: {} },
      requestsPerSecond: 7,
      eventsOverlapMinutes: 60,
      overlapMinutes: 10,
      writableAccounts: [],
    },
    pipeline: "Car Rental",
    businessTz: "Asia/Dubai",
    currency: "AED",
    logLevel: "info",
    logFormat: "text",
    graceMinutes: 29,
    weekendDays: [6, 7],
    maxRejectPercent: 5,
    keepSnapshots: false,
    retryDelayMs: 60_000,
    pokeIntervalMs: 60_000,
    pokeTimeoutMs: 3_600_000,
    catchup: "none",
    catchupMaxDays: 30,
    taskBudgetMinutes: 60,
    stopGraceMs: 30_000,
    logDir: "logs",
    logKeepDays: 30,
    alertWebhookUrl: null,
    alertTemplate: '{"text":"{text}"}',
    deadmanUrl: null,
    metricsPort: null,
    metricsHost: "127.0.0.1",
    dashboardHost: "127.0.0.1",
    dashboardPort: null,
    dashboardToken: null,
    dashboardShowsPersonalData: false,
    uiLanguage: null,
    fullScanWeekday: 7,
    freshnessHours: 30,
    maxRowDropPercent: 20,
    maxHorizonDays: 730,
    cohortMaturityDays: 30,
    maxDeletePercent: 20,
  });
});

Deno.test("readConfig() takes every setting from its variable", () => {
  const config = readConfig({
    PG_HOST: "db.example.com",
    PG_PORT: "6432",
    PG_DATABASE: "rental_dw",
    PG_USER: "rental_etl",
    PG_PASSWORD: "p4ss",
    PG_SSLMODE: "verify-full",
    PG_SSLROOTCERT: "certs/authority.pem",
    DATA_DIR: ".data/other",
    AMO_SUBDOMAIN: "ignored",
    AMO_TOKEN: "t0ken",
    AMO_BASE_URL: "http://127.0.0.1:8080//",
    AMO_PIPELINE: "4711",
    AMO_CARS_CATALOG: "Fleet",
    AMO_CLIENTS_CATALOG: "4712",
    AMO_FIELD_MAP: '{"leads":{"plate":"Car number","dailyrate":123}}',
    AMO_RPS: "2.5",
    AMO_EVENTS_OVERLAP_MIN: "90",
    AMO_OVERLAP_MIN: "0",
    AMO_WRITABLE_ACCOUNTS: "Blue-cars, blue-cars-test",
    BUSINESS_TZ: "europe/berlin",
    CURRENCY: "eur",
    GRACE_MINUTES: "0",
    WEEKEND_DAYS: "Fri, thu,fri",
    MAX_REJECT_PERCENT: "12.5",
    KEEP_SNAPSHOTS: "yes",
    RETRY_DELAY_S: "0.5",
    POKE_INTERVAL_S: "5",
    POKE_TIMEOUT_MIN: "0",
    TASK_BUDGET_MIN: "0.5",
    FULL_SCAN_WEEKDAY: "Fri",
    FRESHNESS_HOURS: "48",
    MAX_ROW_DROP_PERCENT: "50",
    MAX_HORIZON_DAYS: "365",
    COHORT_MATURITY_DAYS: "45",
    MAX_DELETE_PERCENT: "35",
    CATCHUP: "all",
    CATCHUP_MAX_DAYS: "7",
    STOP_GRACE_S: "5",
    ALERT_WEBHOOK_URL: "https://chat.example.com/hook/s3cret",
    ALERT_TEMPLATE: '{"chat_id":"1","text":"{text}"}',
    DEADMAN_URL: "https://dead.example.com/s3cret",
    METRICS_PORT: "9464",
    METRICS_HOST: "0.0.0.0",
    DASHBOARD_HOST: "0.0.0.0",
    DASHBOARD_PORT: "8601",
    DASHBOARD_TOKEN: "0123456789abcdef",
    DASHBOARD_SHOW_PII: "1",
    UI_LANG: "ru",
    LOG_DIR: ".data/logs",
    LOG_KEEP_DAYS: "7",
    LOG_LEVEL: "debug",
    LOG_FORMAT: "json",
  });
  assert.deepEqual(config, {
    pg: {
      host: "db.example.com",
      port: 6432,
      database: "rental_dw",
      user: "rental_etl",
      password: "p4ss",
      sslmode: "verify-full",
      sslrootcert: "certs/authority.pem",
    },
    dataDir: ".data/other",
    amo: {
      baseUrl: "http://127.0.0.1:8080",
      token: "t0ken",
      pipeline: "4711",
      carsCatalog: "Fleet",
      clientsCatalog: "4712",
      fieldMap: { leads: { plate: "Car number", dailyrate: 123 }, clients: {}, cars: {} },
      requestsPerSecond: 2.5,
      eventsOverlapMinutes: 90,
      overlapMinutes: 0,
      writableAccounts: ["blue-cars", "blue-cars-test"],
    },
    pipeline: "4711",
    businessTz: "Europe/Berlin",
    currency: "EUR",
    logLevel: "debug",
    logFormat: "json",
    graceMinutes: 0,
    weekendDays: [4, 5],
    maxRejectPercent: 12.5,
    keepSnapshots: true,
    retryDelayMs: 500,
    pokeIntervalMs: 5000,
    pokeTimeoutMs: 0,
    catchup: "all",
    catchupMaxDays: 7,
    taskBudgetMinutes: 0.5,
    stopGraceMs: 5000,
    logDir: ".data/logs",
    logKeepDays: 7,
    alertWebhookUrl: "https://chat.example.com/hook/s3cret",
    alertTemplate: '{"chat_id":"1","text":"{text}"}',
    deadmanUrl: "https://dead.example.com/s3cret",
    metricsPort: 9464,
    metricsHost: "0.0.0.0",
    dashboardHost: "0.0.0.0",
    dashboardPort: 8601,
    dashboardToken: "0123456789abcdef",
    dashboardShowsPersonalData: true,
    uiLanguage: "ru",
    fullScanWeekday: 5,
    freshnessHours: 48,
    maxRowDropPercent: 50,
    maxHorizonDays: 365,
    cohortMaturityDays: 45,
    maxDeletePercent: 35,
  });
});

Deno.test("readConfig() names all problems at once and no secret", () => {
  const env = {
    PG_HOST: "db.example.com",
    PG_PORT: "70000",
    PG_PASSWORD: "hunter2",
    PG_SSLMODE: "on",
    AMO_TOKEN: "",
    AMO_BASE_URL: "ftp://x",
    AMO_FIELD_MAP: '{"trucks":{}}',
    AMO_RPS: "51",
    BUSINESS_TZ: "+04:00",
    CURRENCY: "euro",
    GRACE_MINUTES: "29.5",
    WEEKEND_DAYS: "sat,sonday",
    MAX_REJECT_PERCENT: "101",
    KEEP_SNAPSHOTS: "maybe",
    RETRY_DELAY_S: "soon",
    POKE_INTERVAL_S: "0",
    POKE_TIMEOUT_MIN: "-1",
    LOG_LEVEL: "verbose",
    LOG_FORMAT: "xml",
  };
  assert.throws(
    () => readConfig(env),
    new ConfigError(
      `19 problems in the configuration:
 - PG_PORT is "70000", expected a port from 1 to 65535
 - PG_SSLMODE is "on", expected one of disable, prefer, require, verify-ca, verify-full
 - AMO_BASE_URL is "ftp://x", expected an http or https address without a path, like https://mycompany.amocrm.ru
 - AMO_FIELD_MAP is "{"trucks":{}}", expected JSON like {"leads":{"plate":"Car number","dailyrate":123456},"clients":{},"cars":{}}
 - AMO_RPS is "51", expected a number above 0 and at most 50
 - BUSINESS_TZ is "+04:00", expected a time zone like Asia/Dubai
 - CURRENCY is "euro", expected three letters like AED
 - GRACE_MINUTES is "29.5", expected whole minutes from 0 to 1439
 - WEEKEND_DAYS is "sat,sonday", expected weekdays like sat,sun
 - MAX_REJECT_PERCENT is "101", expected a percentage from 0 to 100
 - KEEP_SNAPSHOTS is "maybe", expected true or false
 - RETRY_DELAY_S is "soon", expected seconds, 0 or more
 - POKE_INTERVAL_S is "0", expected seconds above 0
 - POKE_TIMEOUT_MIN is "-1", expected minutes, 0 or more
 - LOG_LEVEL is "verbose", expected one of debug, info, warning, error
 - LOG_FORMAT is "xml", expected one of text, json
 - PG_DATABASE is missing: PG_HOST is set, so the name of the database is needed
 - PG_USER is missing: PG_HOST is set, so the role to log in with is needed
 - AMO_TOKEN is missing: create a long-lived token in the integration's settings`,
    ),
  );
});

Deno.test("readConfig() says what one problem is", () => {
  assert.throws(() => readConfig({ AMO_TOKEN: "t0ken" }), {
    name: "ConfigError",
    message: "1 problem in the configuration:\n" +
      " - AMO_SUBDOMAIN is missing: set it to the first part of the account's address",
  });
});

Deno.test("readConfig() counts an empty variable as unset", () => {
  const empty = Object.fromEntries(VARIABLE_NAMES.map((name) => [name, ""]));
  assert.deepEqual(readConfig({ ...empty, ...AMO }), readConfig(AMO));
});

Deno.test("readConfig() asks for no account when the command does not read amoCRM", () => {
  assert.equal(readConfig({}, { amo: false }).amo, null);
});

for (
  const [name, value] of [
    ["AMO_SUBDOMAIN", "blue cars"],
    ["AMO_SUBDOMAIN", "blue-cars.amocrm.ru/x"],
    ["BUSINESS_TZ", "Asia/Dubay"],
    ["AMO_FIELD_MAP", "{leads:{}}"],
    ["AMO_FIELD_MAP", '{"leads":{"plate":""}}'],
    ["AMO_RPS", "0"],
    ["AMO_RPS", "fast"],
    ["AMO_OVERLAP_MIN", "1441"],
    ["AMO_OVERLAP_MIN", "0.5"],
    ["FULL_SCAN_WEEKDAY", "sat,sun"],
    ["FULL_SCAN_WEEKDAY", "7"],
    ["AMO_BASE_URL", "https://blue-cars.amocrm.ru/api/v4"],
    ["AMO_BASE_URL", "https://blue-cars.amocrm.ru/?page=1"],
    ["GRACE_MINUTES", "1440"],
    ["AMO_WRITABLE_ACCOUNTS", "blue cars"],
    ["TASK_BUDGET_MIN", "0"],
    ["CATCHUP", "some"],
    ["CATCHUP_MAX_DAYS", "0"],
    ["ALERT_TEMPLATE", "{text}"],
    ["ALERT_TEMPLATE", '{"text":"hello"}'],
    ["METRICS_PORT", "high"],
    ["DASHBOARD_HOST", "http://0.0.0.0"],
    ["DASHBOARD_PORT", "65536"],
    ["DASHBOARD_SHOW_PII", "maybe"],
    ["UI_LANG", "de"],
    ["LOG_KEEP_DAYS", "1.5"],
  ] as const
) {
  Deno.test(`readConfig() refuses ${name} when it is ${value}`, () => {
    assert.throws(
      () => readConfig({ ...AMO, [name]: value }),
      (error) =>
        error instanceof ConfigError &&
        error.message.startsWith(`1 problem in the configuration:\n - ${name} is "${value}", `),
    );
  });
}

Deno.test("readConfig() does not quote an address that may hold a token", () => {
  const env = { ...AMO, ALERT_WEBHOOK_URL: "chat/s3cret", DEADMAN_URL: "ftp://x/s3cret" };
  assert.throws(() => readConfig(env), {
    name: "ConfigError",
    message: "2 problems in the configuration:\n" +
      " - ALERT_WEBHOOK_URL is not an address, expected one that starts with http:// or https://\n" +
      " - DEADMAN_URL is not an address, expected one that starts with http:// or https://",
  });
});

Deno.test("readConfig() refuses a DASHBOARD_TOKEN that is short or not one word, without quoting it", () => {
  const problemOf = (token: string) => {
    try {
      readConfig({ ...AMO, DASHBOARD_TOKEN: token });
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  assert.equal(
    problemOf("s3cret"),
    "1 problem in the configuration:\n - DASHBOARD_TOKEN is shorter than 16 characters, expected a longer " +
      "one that nobody guesses: make one with openssl rand -hex 16",
  );
  assert.equal(
    problemOf("s3cret s3cret s3cret"),
    "1 problem in the configuration:\n - DASHBOARD_TOKEN has blanks or line ends inside, expected one word: " +
      "make one with openssl rand -hex 16",
  );
});

/** The problems that these settings have. */
function problemsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    readConfig({ ...AMO, ...env });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n - ").slice(1);
  }
  return [];
}

const SERVER = { PG_HOST: "db", PG_DATABASE: "rental_dw", PG_USER: "etl" };

Deno.test("readConfig() refuses names that it does not know", () => {
  assert.deepEqual(problemsOf({ PG_HSOT: "db", amo_rps: "5", COMPOSE_FILE: "" }), [
    "PG_HSOT is not a setting of this program: did you mean PG_HOST?",
    "amo_rps is not a setting of this program: did you mean AMO_RPS?",
    "COMPOSE_FILE is not a setting of this program: .env.example lists them all; remove it",
  ]);
  assert.deepEqual(problemsOf({ NO_COLOR: "1", SCHEDULE_DAILY_BUILD_DDS_DIM: "05:10" }), []);
});

Deno.test("readConfig() refuses settings of a server without its name", () => {
  const { PG_HOST: _, ...rest } = SERVER;
  assert.deepEqual(problemsOf({ ...rest, PG_PASSWORD: "hunter2" }), [
    "PG_HOST is missing: PG_DATABASE, PG_USER, PG_PASSWORD are set, so the name of the server is needed; " +
    "for the embedded warehouse take all PG_ settings away",
  ]);
  assert.deepEqual(problemsOf({ PG_SSLMODE: "require" }), [
    "PG_HOST is missing: PG_SSLMODE is set, so the name of the server is needed; " +
    "for the embedded warehouse take all PG_ settings away",
  ]);
});

Deno.test("readConfig() refuses values that were copied with too much", () => {
  assert.deepEqual(problemsOf({ ...SERVER, PG_PORT: "54.5" }), [
    'PG_PORT is "54.5", expected a port from 1 to 65535',
  ]);
  for (const host of ["db:5432", "postgres://db/rental_dw", "db/rental_dw"]) {
    assert.deepEqual(problemsOf({ ...SERVER, PG_HOST: host }), [
      "PG_HOST is an address with a port or a protocol, expected a host name or an IP address: " +
      "the port goes to PG_PORT",
    ]);
  }
  for (const host of ["db.example.com", "10.0.0.7", "::1", "/var/run/postgresql"]) {
    assert.deepEqual(problemsOf({ ...SERVER, PG_HOST: host }), []);
  }
  assert.deepEqual(problemsOf({ AMO_TOKEN: "Bearer t0ken" }), [
    'AMO_TOKEN begins with "Bearer ", expected the token alone: leave that word out',
  ]);
  assert.deepEqual(problemsOf({ AMO_TOKEN: "t0k\nen" }), [
    "AMO_TOKEN has blanks or line ends inside, expected the token in one piece: copy it again",
  ]);
  assert.deepEqual(problemsOf({ AMO_PIPELINE: " Car Rental", AMO_TOKEN: "t0ken\n" }), [
    "AMO_TOKEN has blanks around its value, expected none: remove them",
    "AMO_PIPELINE has blanks around its value, expected none: remove them",
  ]);
  assert.deepEqual(problemsOf({ ...SERVER, PG_PASSWORD: " hunter2 " }), []);
});

Deno.test("readConfig() refuses PG_SSLROOTCERT where nothing is verified", () => {
  assert.deepEqual(problemsOf({ ...SERVER, PG_SSLROOTCERT: "authority.pem" }), [
    "PG_SSLROOTCERT is set, but PG_SSLMODE is prefer, which verifies nothing: " +
    "set PG_SSLMODE to verify-ca or verify-full",
  ]);
});

Deno.test("readConfig() lays the shell over .env", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/.env`,
      '# a comment\nAMO_SUBDOMAIN=from-file\nAMO_TOKEN="t0ken"\nCURRENCY=EUR\n',
    );
    const module = new URL("../../lib/config.ts", import.meta.url).href;
    const script = `import { readConfig } from "${module}";
      const { amo, currency } = readConfig();
      console.log(amo.baseUrl, amo.token, currency);`;
    await Deno.writeTextFile(`${folder}/print.ts`, script);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "-q", "--config", config, "print.ts"],
      cwd: folder,
      clearEnv: true,
      env: { ...readMachineVariables(), CURRENCY: "USD" },
    }).output();
    assert.equal(
      new TextDecoder().decode(stdout),
      "https://from-file.amocrm.ru t0ken USD\n",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
