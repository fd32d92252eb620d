import { Argument, type Command } from "commander";
import type { Sql } from "postgres";
import { z } from "zod";
import { ConfigError, readConfig } from "../../lib/config.ts";
import { createCommand } from "../../lib/script/command.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { columnsOfStdout } from "../../lib/script/look.ts";
import { openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { formatHistory } from "./format.ts";
import { entityOf, type Kind, KINDS } from "../../lib/history/entities.ts";
import { parseMoment } from "../../lib/history/moment.ts";
import { readHistory } from "../../lib/history/record_history.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";

interface ShowFlags {
  readonly at?: string;
  readonly payload?: boolean;
}

const DESCRIPTION = `Shows the versions of a record side by side (* marks what changed),
its rows in stg and its events. It prints personal data: names, phones, licences`;

/** `history show`: everything about one record. */
export function showCommand(finish: (code: number) => void): Command {
  return createCommand("show", DESCRIPTION, [
    "deno task history show lead",
    'deno task history show car 45 --at "2026-05-03 10:00"',
    "deno task history show lead 123 --payload",
  ])
    .addArgument(new Argument("<kind>", "what it is").choices(KINDS))
    .argument("[id]", "its id in amoCRM (default: the one that landed last)")
    .option("--at <moment>", "its state then, in BUSINESS_TZ, and what was known by then")
    .option("--payload", "also the record as amoCRM gave it last, as JSON")
    .action(async (kind: Kind, id: string | undefined, flags: ShowFlags) => {
      finish(await show(kind, id, flags));
    });
}

async function show(kind: Kind, idText: string | undefined, flags: ShowFlags): Promise<number> {
  const asked = idText === undefined ? null : readId(idText);
  const config = readConfig(undefined, { amo: false });
  const moment = flags.at === undefined ? null : parseMoment(flags.at, config.businessTz);
  await using warehouse = await openMigratedWarehouse(config);
  const id = asked ?? await findNewest(warehouse.sql, kind);
  if (id === null) {
    console.error(
      `Cannot show the newest ${kind}: none has landed yet, expected one: deno task daily loads them`,
    );
    return EXIT_CODE.failed;
  }
  const history = await readHistory(
    (sqlFile, values) => querySqlFile(warehouse.sql, sqlFile, values),
    entityOf(kind),
    id,
    moment,
  );
  if (history.sights.length === 0 && history.versions.length === 0) {
    const until = flags.at === undefined ? "" : ` by ${flags.at}`;
    console.error(
      `Cannot find ${kind} ${id}: the warehouse has no row of it${until}, expected one: it may not ` +
        "have landed yet, or be of another pipeline; " +
        `deno task history show ${kind} shows one that has landed`,
    );
    return EXIT_CODE.failed;
  }
  const view = { timeZone: config.businessTz, width: columnsOfStdout(), moment };
  console.log(formatHistory(`${kind} ${id}`, history, view));
  if (flags.payload) console.log(`\n${JSON.stringify(history.sights.at(-1)?.payload, null, 2)}`);
  return EXIT_CODE.done;
}

function readId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new ConfigError(`Cannot use the id "${text}": expected a whole number`);
}

const newestRows = z.array(z.object({ kind: z.enum(KINDS), id: z.number() }));

/** The id of the record that landed last; null before any did. */
async function findNewest(sql: Sql, kind: Kind): Promise<number | null> {
  const rows = newestRows.parse(await querySqlFile(sql, "dashboard/newest_sights.sql", []));
  return rows.find((row) => row.kind === kind)?.id ?? null;
}
