import type { ISql } from "postgres";
import { z } from "zod";
import type { DataFlow } from "./data_flow.ts";
import type { Notice } from "./page/notice.ts";
import type { Language } from "./page/page.ts";
import type { Reading } from "./reading.ts";
import { siteWords } from "./words/site_words.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";

/** What the sentences of notices depend on. */
export interface NoticeGiven {
  readonly language: Language;
  readonly timeZone: string;
  readonly freshnessHours: number;
}

/** What is wrong with the role of a page: null where it reads as it should. */
export function describeRole(
  { role: { name, login, problem } }: Reading,
  language: Language,
): Notice | null {
  if (problem === null) return null;
  const words = siteWords[language];
  const text = problem === "missing" ? words.roleMissing(name) : words.roleNotGranted(name, login);
  return { level: "warning", kind: "role", subject: name, tables: [], text };
}

const noticeRows = z.array(z.object({
  kind: z.enum(["check", "source", "build"]),
  subject: z.string(),
  table_name: z.string().nullable(),
  severity: z.string(),
  amount: z.number().nullable(),
  logical_date: z.string().nullable(),
  happened_at: z.date().nullable(),
}));

type NoticeRow = z.infer<typeof noticeRows>[number];

/** All that is wrong with the data now. */
export async function readNotices(
  sql: ISql,
  given: NoticeGiven,
  flow: DataFlow,
): Promise<readonly Notice[]> {
  const rows = await querySqlFile(sql, "dashboard/list_notices.sql", [given.freshnessHours]);
  return await Promise.all(
    noticeRows.parse([...rows]).map((row) => toNotice(row, given, flow)),
  );
}

async function toNotice(row: NoticeRow, given: NoticeGiven, flow: DataFlow): Promise<Notice> {
  const words = siteWords[given.language];
  const { kind, subject, table_name: table, severity } = row;
  if (kind === "check") {
    return {
      level: severity === "error" ? "error" : "warning",
      kind,
      subject,
      tables: table === null ? [] : [table],
      text: words.failedCheck(subject, table ?? "", row.amount ?? 0),
    };
  }
  if (kind === "source") {
    const at = row.happened_at === null ? null : formatMoment(row.happened_at, given);
    const tables = table === null ? [] : [table];
    return { level: "error", kind, subject, tables, text: words.staleSource(table ?? "", at) };
  }
  const status = words.statuses[toStatus(severity)];
  return {
    level: severity === "failed" || severity === "upstream_failed" ? "error" : "warning",
    kind,
    subject,
    tables: await flow.tablesFilledBy(subject),
    text: words.unfinishedBuild(subject, row.logical_date ?? "", status),
  };
}

const STATUSES = [
  "waiting",
  "running",
  "failed",
  "upstream_failed",
  "skipped",
  "stale",
  "not run yet",
] as const;

function toStatus(text: string): (typeof STATUSES)[number] {
  return STATUSES.find((one) => one === text) ?? "not run yet";
}

function formatMoment(moment: Date, { language, timeZone }: NoticeGiven): string {
  return new Intl.DateTimeFormat(language === "ru" ? "ru-RU" : "en-GB", {
    timeZone,
    dateStyle: "medium",
    timeStyle: "short",
  }).format(moment);
}

/** Those of `notices` that touch what a file below sql/ reads. */
export async function noticesOf(
  notices: readonly Notice[],
  sqlFile: string,
  flow: DataFlow,
): Promise<readonly Notice[]> {
  // To follow the data takes a while the first time: only where there is something to follow.
  if (notices.length === 0) return [];
  const behind = await flow.tablesBehind(sqlFile);
  return notices.filter(({ tables }) => tables.some((table) => behind.has(table)));
}
