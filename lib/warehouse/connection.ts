import { getLogger } from "@logtape/logtape";
import { connect as openSocket, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import postgres from "postgres";
import { copyingTransactions, presetPools, readSqlFile, toSqlFileError } from "./sql_file.ts";

const log = getLogger(["warehouse"]);

/**
 * A postgres.js pool whose transactions do not depend on what the server, the database or the role presets,
 * with this program's types: `bigint` becomes a number (a `BigInt` when a number would lose digits), `date` a
 * "YYYY-MM-DD" text, `numeric` stays text because money is exact, `timestamptz` is a `Date`, json is parsed. A
 * text given for a json, date or time parameter is sent as it is.
 *
 * With `isPreset` the one session there is has these settings already (`presetSession`), and keeps them; one that
 * does not take COPY has `takesCopy` false.
 */
export function connect(
  // deno-lint-ignore ban-types -- postgres.js names "no types of our own" this way
  options: postgres.Options<{}>,
  { isPreset = false, takesCopy = true } = {},
): postgres.Sql {
  const sql = postgres({
    // The text of a notice can quote data, so only its code is logged.
    onnotice: (notice) => log.debug("Notice {code} of the warehouse", { code: notice.code }),
    ...options,
    types: TYPES,
    // Named prepared statements belong to a server connection, which PgBouncer changes between queries.
    prepare: false,
    // On each new connection it asks for the types of arrays, and nobody hears when that connection is cut
    // meanwhile: an unhandled rejection, which ends the process. So arrays travel as json here.
    fetch_types: false,
    // For what is asked outside of transactions; PgBouncer knows these, and refuses what it does not know.
    connection: { application_name: "rental", TimeZone: "UTC", DateStyle: "ISO, YMD" },
    ...openingSockets(),
  });
  if (isPreset) presetPools.add(sql);
  return guardTransactions(sql, (tx, pin) => {
    if (takesCopy) copyingTransactions.add(tx);
    return isPreset ? Promise.resolve() : pinSession(tx, pin);
  });
}

/**
 * Sockets that send at once what they are given. Otherwise the last small piece of what is written in several, as the end
 * of a COPY, waits until the server has acknowledged those before, which it puts off for 40 ms; and the driver has no
 * option for it.
 */
function openingSockets() {
  let turn = 0;
  return {
    socket({ host: hosts, port: ports, path }: Place): Socket {
      if (path) return openSocket({ path });
      // As the driver does: the next one after each failure.
      const place = turn++ % hosts.length;
      const address = { host: hosts[place] ?? "", port: ports[place] ?? 0 };
      // By these the driver names the server in errors, and asks for its certificate.
      return Object.assign(openSocket({ ...address, noDelay: true }), address);
    },
  };
}

/** Of the options of the driver, whose types do not know `socket`. */
interface Place {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path: string | undefined;
}

/**
 * Makes every transaction begin with the same settings, whatever is preset (ops/pin_session.sql), and makes one
 * whose connection was cut end there: it refuses further queries, and what it does
 * about its end is kept from postgres.js 3.4.9, which would send its `rollback` or `commit` to a socket
 * that is gone (a TypeError that ends the process) or to a new connection where no transaction is open.
 */
function guardTransactions(
  sql: postgres.Sql,
  prepare: (tx: postgres.TransactionSql, pin: string) => Promise<void>,
): postgres.Sql {
  const { begin } = sql;
  const guarded = async <T>(...args: [Work<T>] | [options: string, Work<T>]) => {
    const [options, work] = args.length === 1 ? ["", args[0]] as const : args;
    // Read before, so that nothing of the work is sent sooner than these settings.
    const pin = await readSqlFile(PIN_FILE);
    const end: End = { isOver: false };
    const transaction = begin(transactionModes(options), async (tx) => {
      const guardedTx = guard(tx, end);
      // Without waiting in between: where the settings fail, so does all that is sent behind them.
      const preparing = settle(() => prepare(guardedTx, pin));
      const outcome = await settle(() => work(guardedTx));
      const prepared = await preparing;
      // The driver tells of a cut in this turn of the event loop, but maybe after the work has heard of it.
      await nextTurn();
      if (end.isOver) return await new Promise<never>(() => {});
      if ("error" in prepared) throw prepared.error;
      if ("error" in outcome) throw outcome.error;
      return outcome.value;
    });
    transaction.catch((error: unknown) => Object.assign(end, { isOver: true, error }));
    return await transaction;
  };
  return Object.defineProperty(sql, "begin", { value: guarded });
}

/** Says isolation and access where the caller does not, because both have defaults that can be preset. */
function transactionModes(options: string): string {
  const isolation = /\bisolation level\b/i.test(options) ? "" : "isolation level read committed";
  const access = /\bread (only|write)\b/i.test(options) ? "" : "read write";
  return [options, isolation, access].filter((mode) => mode !== "").join(" ");
}

const PIN_FILE = "ops/pin_session.sql";

/** The same settings for a whole session, to be sent once. */
export async function presetSession(): Promise<string> {
  return (await readSqlFile(PIN_FILE)).replaceAll(/(set_config\([^()]*), true\)/g, "$1, false)");
}

async function pinSession(tx: postgres.TransactionSql, text: string): Promise<void> {
  try {
    await tx.unsafe(text).execute();
  } catch (error) {
    throw toSqlFileError(error, PIN_FILE, text);
  }
}

type Work<T> = (tx: postgres.TransactionSql) => Promise<T>;

interface End {
  readonly isOver: boolean;
  readonly error?: unknown;
}

async function settle<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

function guard(tx: postgres.TransactionSql, end: End): postgres.TransactionSql {
  const refuse = () => {
    if (end.isOver) throw end.error;
  };
  return new Proxy(tx, {
    apply(target, self, args) {
      refuse();
      return Reflect.apply(target, self, args);
    },
    get(target, name) {
      refuse();
      return Reflect.get(target, name);
    },
  });
}

const keepText = (value: unknown) => value instanceof Date ? value.toISOString() : String(value);

const TYPES = {
  bigint: { to: 20, from: [20], serialize: String, parse: parseBigint },
  date: { to: 1082, from: [1082], serialize: keepText, parse: (text: string) => text },
  time: {
    to: 1184,
    from: [1114, 1184],
    serialize: keepText,
    parse: (text: string) => new Date(text),
  },
  json: {
    to: 3802,
    from: [114, 3802],
    serialize: (value: unknown) => typeof value === "string" ? value : JSON.stringify(value),
    parse: (text: string) => JSON.parse(text),
  },
};

function parseBigint(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** The code of a socket error, a driver error or a server error (SQLSTATE); null when there is none. */
export function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
