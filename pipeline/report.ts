// Reads:  the marts, facts and dimensions of the warehouse, as role rental_bi where there is one
// Writes: one HTML file to be mailed, and a PDF of it where one is asked for
// When:   by hand or from a plain cron, after a month has ended
// Try:    deno task report --month 2026-05 --out report.html --pdf report.pdf
import { Option } from "commander";
import { readConfig } from "../lib/config.ts";
import { createPages } from "../lib/dashboard/pages/pages.ts";
import { makeReport } from "../lib/dashboard/report.tsx";
import { createCommand, runMain } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { openMigratedWarehouse } from "../lib/script/read_only.ts";
import { checkBusinessIfReadable } from "../lib/warehouse/business.ts";
import { dags } from "./daily.ts";
import { chooseSpan, parseAsOf, parseMonth } from "./report/choose_month.ts";
import { printPdf } from "./report/print_pdf.ts";
import { writeWhole } from "./report/write_whole.ts";

/** The pages of a report, in its order; what the site lacks is left out. */
const REPORTED = ["/fleet", "/money", "/funnel", "/clients"];

interface ReportFlags {
  readonly month: string;
  readonly out: string;
  readonly pdf?: string;
  readonly asOf?: string;
  readonly lang?: "en" | "ru";
}

/** Makes a report on a month. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const config = readConfig(undefined, { amo: false });
  const wantedMonth = parseMonth(flags.month);
  const wantedAsOf = flags.asOf === undefined ? null : parseAsOf(flags.asOf);
  await using warehouse = await openMigratedWarehouse(config);
  await checkBusinessIfReadable(warehouse, config);
  const span = await chooseSpan(warehouse.sql, wantedMonth, wantedAsOf);
  const { logDir, freshnessHours, businessTz: timeZone } = config;
  const pages = createPages({ dags, silentAfterS: 0, logDir, freshnessHours });
  const html = await makeReport({
    warehouse,
    dags,
    pages: REPORTED.flatMap((path) => pages.find((page) => page.path === path) ?? []),
    counting: config,
    freshnessHours,
    settings: {
      timeZone,
      currency: config.currency,
      amoUrl: config.amo?.baseUrl ?? null,
      showsPersonalData: config.dashboardShowsPersonalData,
      weekendDays: config.weekendDays,
      hasWriteButtons: false,
    },
    language: flags.lang ?? config.uiLanguage ?? "en",
    ...span,
  });
  await writeWhole(flags.out, html);
  console.log(`Wrote ${flags.out}: ${span.month}, as of ${span.asOf}`);
  if (flags.pdf !== undefined) {
    const evening = span.asOf.toZonedDateTime({ timeZone, plainTime: "23:59:59" });
    await printPdf(flags.out, flags.pdf, evening.toInstant());
    console.log(`Wrote ${flags.pdf}`);
  }
  return EXIT_CODE.done;
}

function readFlags(args: readonly string[]): ReportFlags {
  return createCommand(
    "report",
    "Writes fleet, money, funnel and clients of a month into one HTML file that can be mailed",
    [
      "deno task report --month 2026-05 --out report.html",
      "deno task report --month 2026-05 --as-of 2026-06-01 --out report.html --pdf report.pdf",
    ],
  )
    .requiredOption("--month <month>", "the month, like 2026-05")
    .requiredOption("--out <file>", "where the HTML file goes; one that is there is replaced")
    .option("--pdf <file>", "also print it as a PDF, for which Chromium is needed")
    .option(
      "--as-of <date>",
      "show the state at the end of this day (default: the last finished day)",
    )
    .addOption(
      new Option("--lang <language>", "language (default: UI_LANG, else en)").choices(["en", "ru"]),
    )
    .parse(args, { from: "user" })
    .opts<ReportFlags>();
}

if (import.meta.main) await runMain(() => main(Deno.args));
