import type { ISql } from "postgres";
import { z } from "zod";
import type { DataFlow } from "./data_flow.ts";
import type { Notice } from "./page/notice.ts";
import type { Language } from "./page/page.ts";
import type { Build } from "./pages/build.ts";
import type { Reading } from "./reading.ts";
import type { CountingSettings } from "./site_options.ts";
import { siteWords } from "./words/site_words.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";

/** What the sentences of notices depend on. */
export interface NoticeGiven {
  readonly language: Language;
  readonly timeZone: string;
  readonly freshnessHours: number;
  readonly counting: CountingSettings;
  /** That of the marts; null before the first one. */
  readonly build: Build | null;
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
  const ofData = await Promise.all(
    noticeRows.parse([...rows]).map((row) => toNotice(row, given, flow)),
  );
  return [...ofData, ...listSettingNotices(given)];
}

/** Settings that are others now than those that the marts were built with: the figures are still counted by these. */
function listSettingNotices({ language, counting, build }: NoticeGiven): readonly Notice[] {
  if (build === null) return [];
  const settings = [
    {
      name: "GRACE_MINUTES",
      built: build.graceMinutes,
      now: counting.graceMinutes,
      tables: ["dds.fact_rentals"],
    },
    {
      name: "MAX_HORIZON_DAYS",
      built: build.horizonDays,
      now: counting.maxHorizonDays,
      tables: ["dds.fact_fleet_usage_day", "dm.unattributed_booking", "dm.booking_pace"],
    },
    {
      name: "COHORT_MATURITY_DAYS",
      built: build.cohortMaturityDays,
      now: counting.cohortMaturityDays,
      tables: ["dm.lead_funnel_week"],
    },
  ];
  return settings.flatMap(({ name, built, now, tables }) =>
    built === null || built === now ? [] : [{
      level: "warning",
      kind: "setting",
      subject: name,
      tables,
      text: siteWords[language].otherSetting(name, built, now, `${build.logicalDate}`),
    }]
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
