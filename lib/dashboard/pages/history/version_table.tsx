import { entityOf } from "../../../history/entities.ts";
import { isPersonalColumn, MASK } from "../../../history/personal.ts";
import type { Version } from "../../../history/record_history.ts";
import { isChange, isMoment, shownColumns, toText } from "../../../history/versions.ts";
import { siteLink } from "../../frame/links.ts";
import { Breakable } from "../../frame/parts.tsx";
import { formatOf, wordsOfView } from "../../frame/view.ts";
import type {
  Cell,
  Column,
  ColumnKind,
  DataTable,
  Markup,
  PageRequest,
  Row,
} from "../../page/page.ts";
import { historyWords } from "../../words/history_words.ts";
import { type HistoryRecord, versionAt } from "./record.ts";

/** So many versions stand side by side unless all are asked for. */
export const MOST_VERSIONS = 8;

const FILE = "ods/history/list_versions.sql";
const MONEY = new Set(["budget", "dailyrate"]);
const PLANNED = new Set(["rental_start", "rental_end"]);

/** The versions as rows: what the CSV gives. */
export function versionRows(record: HistoryRecord, request: PageRequest): DataTable {
  const { versions } = record.history;
  const words = historyWords[request.state.language];
  const entity = entityOf(record.kind);
  const names = ["valid_from", ...shownColumns(versions)];
  return {
    name: "versions",
    title: words.versions,
    columns: names.map((key): Column => ({
      key,
      title: key,
      kind: kindOf(key, versions),
      isPersonal: isPersonalColumn(entity, key),
    })),
    rows: versions.map((version): Row =>
      Object.fromEntries(names.map((name) => [name, toCell(version[name])]))
    ),
    sqlFile: FILE,
  };
}

function kindOf(name: string, versions: readonly Version[]): ColumnKind {
  if (MONEY.has(name)) return "money";
  if (name.endsWith("_id")) return "id";
  const texts = versions.map((version) => version[name]).filter((value) => value !== null);
  if (texts.length > 0 && texts.every((value) => isMoment(toText(value)))) {
    return PLANNED.has(name) ? "planned" : "moment";
  }
  return /^(birth_date|in_fleet_from|in_fleet_to)$/.test(name) ? "date" : "text";
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  const text = toText(value);
  // PostgreSQL writes moments in the offset of the session; a cell holds an ISO instant.
  return isMoment(text) ? Temporal.Instant.from(text).toString() : text;
}

interface VersionsProps {
  readonly record: HistoryRecord;
  readonly request: PageRequest;
}

/** The versions side by side, changed values marked, that of the chosen moment named. */
export function VersionTable({ record, request }: VersionsProps): Markup {
  const { versions } = record.history;
  const words = historyWords[request.state.language];
  if (versions.length === 0) return <p class="empty-table">{words.noVersions}</p>;
  const shown = request.state.own.versions === "all" ? versions : versions.slice(-MOST_VERSIONS);
  return (
    <>
      {shown.length < versions.length
        ? (
          <p>
            {words.shownLast(shown.length, versions.length)}{" "}
            <a href={siteLink(request, request.path, { versions: "all" })}>{words.showAll}</a>
          </p>
        )
        : ""}
      <div
        class="table-window boxed"
        role="region"
        tabindex={0}
        aria-label={wordsOfView(request).frame.tableOf(words.versions)}
      >
        <ShownVersions record={record} request={request} shown={shown} />
      </div>
    </>
  );
}

function ShownVersions(
  { record, request, shown }: VersionsProps & { readonly shown: readonly Version[] },
): Markup {
  const { versions } = record.history;
  const words = historyWords[request.state.language];
  const first = versions.length - shown.length;
  const then = record.moment === null ? null : versionAt(versions, record.moment);
  return (
    <table class="data versions">
      <caption class="visually-hidden">{words.versions}</caption>
      <thead>
        <tr>
          <th scope="col">{words.validFrom}</th>
          {shown.map((version) => (
            <th scope="col" class={version === then ? "of-then" : undefined}>
              <ValueText record={record} request={request} name="valid_from" version={version} />
              {version === then ? <span class="then">{words.ofThen}</span> : ""}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shownColumns(versions).map((name) => (
          <tr>
            <th scope="row">
              <code>
                <Breakable text={name} />
              </code>
            </th>
            {shown.map((version, i) => (
              <VersionCell
                record={record}
                request={request}
                name={name}
                version={version}
                before={versions[first + i - 1] ?? null}
                isOfThen={version === then}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ValueProps {
  readonly record: HistoryRecord;
  readonly request: PageRequest;
  readonly name: string;
  readonly version: Version;
}

function VersionCell(
  props: ValueProps & { readonly before: Version | null; readonly isOfThen: boolean },
): Markup {
  const { request, name, version, before } = props;
  const isChanged = before !== null && isChange(name, before, version);
  const classes = [isChanged ? "changed" : "", props.isOfThen ? "of-then" : ""]
    .filter((one) => one !== "").join(" ");
  return (
    <td class={classes === "" ? undefined : classes}>
      {isChanged
        ? (
          <span class="mark" title={historyWords[request.state.language].changed}>
            <span aria-hidden="true">●</span>
            <span class="visually-hidden">{historyWords[request.state.language].changed}:</span>
          </span>
        )
        : ""}
      <ValueText {...props} />
    </td>
  );
}

/** The name of the status of a version, where a change or the rental of the lead says it. */
function statusNameOf({ changes, rentals }: HistoryRecord, version: Version): string | null {
  const is = (pipeline: number, status: number) =>
    pipeline === version.pipeline_id && status === version.status_id;
  const name = changes.find((one) => is(one.from_pipeline_id, one.from_status_id))?.from_status ??
    changes.find((one) => is(one.to_pipeline_id, one.to_status_id))?.to_status;
  if (name) return name;
  return version.is_current === true ? rentals.rows[0]?.status_name ?? null : null;
}

/** A value as text; masked where it tells of a person. */
export function ValueText({ record, request, name, version }: ValueProps): Markup {
  const words = historyWords[request.state.language];
  const value = toCell(version[name]);
  if (name === "valid_to" && value === null && version.is_current === true) {
    return <>{words.now}</>;
  }
  const isMasked = value !== null && !request.settings.showsPersonalData &&
    isPersonalColumn(entityOf(record.kind), name);
  const text = isMasked
    ? MASK
    : formatOf(request).cell(kindOf(name, record.history.versions), value);
  const status = name === "status_id" ? statusNameOf(record, version) : null;
  return <bdi>{status === null ? text : `${text} (${status})`}</bdi>;
}
