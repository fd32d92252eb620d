import { shownColumns } from "../../history/versions.ts";
import { DataTableView } from "../frame/data_table.tsx";
import { siteLink } from "../frame/links.ts";
import { Empty, Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import {
  type DataTable,
  type Markup,
  type Page,
  PageError,
  type PageRequest,
} from "../page/page.ts";
import { safeHref } from "../page/safe_href.ts";
import { type HistoryWords, historyWords } from "../words/history_words.ts";
import { crmAddress } from "./history/crm_address.ts";
import { type HistoryRecord, readRecord, versionAt } from "./history/record.ts";
import {
  changesTable,
  daysTable,
  eventsTable,
  payloadTable,
  rentalsTable,
  shownPayload,
  sightsTable,
} from "./history/tables.ts";
import { ValueText, versionRows, VersionTable } from "./history/version_table.tsx";

/** `/history/lead/123`: everything about one lead, client or car, down to what amoCRM gave. */
export function historyPage(): Page {
  return {
    path: "/history/:kind/:id",
    reads: "everything",
    filters: ["as_of"],
    // A moment is asked for, which may be the end of a day.
    ownFilters: ["as_of"],
    showsPart: true,
    parameters: ["at", "sight", "versions"],
    defaultPeriod: (today) => ({ from: today, to: today }),
    render: async (request) => {
      const record = await readRecord(request);
      const words = historyWords[request.state.language];
      const parts = partsOf(record, request, words);
      return {
        title: `${words.kinds[record.kind]} ${record.id}`,
        body: (
          <>
            <Head record={record} request={request} words={words} />
            {parts.map(({ section }) => section)}
          </>
        ),
        tables: parts.flatMap(({ tables }) => tables),
      };
    },
  };
}

interface Part {
  readonly section: Markup;
  readonly tables: readonly DataTable[];
}

function partsOf(record: HistoryRecord, request: PageRequest, words: HistoryWords): Part[] {
  const { kind } = record;
  return [
    versionsPart(record, request, words),
    ...kind === "lead"
      ? [
        tablePart(request, changesTable(record, request), words.changesIntro, words.changesEmpty),
      ]
      : [],
    tablePart(
      request,
      rentalsTable(record, request),
      kind === "lead" ? words.rentalIntro : undefined,
      kind === "lead" ? words.rentalEmpty : words.rentalsEmpty,
    ),
    ...kind === "client" ? [] : [daysPart(record, request, words)],
    ...kind === "lead"
      ? [tablePart(request, eventsTable(record, request), undefined, words.eventsEmpty)]
      : [],
    tablePart(request, sightsTable(record, request), words.sightsIntro, words.noVersions),
    payloadPart(record, request, words),
  ];
}

function Head(
  props: {
    readonly record: HistoryRecord;
    readonly request: PageRequest;
    readonly words: HistoryWords;
  },
): Markup {
  const { record, request, words } = props;
  const last = record.history.sights.at(-1);
  const format = formatOf(request);
  const address = safeHref(crmAddress(record, request.settings.amoUrl), request.settings.amoUrl);
  return (
    <>
      <p class="record-head">
        {last === undefined
          ? ""
          : `${last.is_deleted ? words.deleted(last.deleted_by ?? "?") : words.live}; ${
            words.lastSeen(format.moment(last.observed_at.toISOString()))
          }. `}
        {address === null ? "" : <a href={address} rel="noreferrer">{words.openInCrm}</a>}
      </p>
      <MomentForm request={request} words={words} />
      {record.moment === null
        ? ""
        : <StateThen record={record} request={request} words={words} moment={record.moment} />}
    </>
  );
}

/** What a field for a local moment can show. */
const FIELD_MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;

function MomentForm(
  props: { readonly request: PageRequest; readonly words: HistoryWords },
): Markup {
  const { request, words } = props;
  const { own: { at }, asOf } = request.state;
  // To the minute, as the field asks for it.
  const shown = at ?? asOf?.toPlainDateTime("23:59").toString({ smallestUnit: "minute" });
  return (
    <form class="moment-form" method="get" action={request.path}>
      <label for="at">{words.momentLabel}</label>
      <input
        id="at"
        name="at"
        type="datetime-local"
        value={shown !== undefined && FIELD_MOMENT.test(shown) ? shown : undefined}
        aria-describedby="at-hint"
      />
      {request.state.address.lang === undefined
        ? ""
        : <input type="hidden" name="lang" value={request.state.language} />}
      <button type="submit">{words.show}</button>
      <span id="at-hint" class="hint">{words.momentHint(request.settings.timeZone)}</span>
      {at === undefined
        ? ""
        : <a href={siteLink(request, request.path, { at: null, as_of: null })}>{words.present}</a>}
    </form>
  );
}

function StateThen(
  props: {
    readonly record: HistoryRecord;
    readonly request: PageRequest;
    readonly words: HistoryWords;
    readonly moment: Temporal.Instant;
  },
): Markup {
  const { record, request, words, moment } = props;
  const text = formatOf(request).moment(moment.toString());
  const version = versionAt(record.history.versions, moment);
  return (
    <Section id="state" title={words.stateAt(text)}>
      {version === null ? <p>{words.noStateAt(text)}</p> : (
        <dl class="fields">
          {shownColumns(record.history.versions).filter((name) => version[name] !== null)
            .map((name) => (
              <div>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>
                  <ValueText record={record} request={request} name={name} version={version} />
                </dd>
              </div>
            ))}
        </dl>
      )}
    </Section>
  );
}

function versionsPart(record: HistoryRecord, request: PageRequest, words: HistoryWords): Part {
  const table = versionRows(record, request);
  return {
    section: (
      <Section id="versions" title={words.versions} intro={words.versionsIntro}>
        <VersionTable record={record} request={request} />
        <DataTableView view={request} table={table} isFolded />
      </Section>
    ),
    tables: [table],
  };
}

function tablePart(
  request: PageRequest,
  table: DataTable,
  intro: string | undefined,
  emptyText: string,
): Part {
  return {
    section: (
      <Section id={table.name} title={table.title} {...intro === undefined ? {} : { intro }}>
        <div class="titled">
          <DataTableView view={request} table={table} emptyText={emptyText} />
        </div>
      </Section>
    ),
    tables: [table],
  };
}

function daysPart(record: HistoryRecord, request: PageRequest, words: HistoryWords): Part {
  const { date } = formatOf(request);
  const { from, to } = record.span;
  const intro = record.kind === "lead"
    ? words.fleetDaysOfLead
    : words.fleetDaysOfCar(date(from.toString()), date(to.toString()));
  return tablePart(request, daysTable(record, request), intro, words.fleetDaysEmpty);
}

/** The row of stg that `sight` names, else the last with a payload. */
function payloadPart(record: HistoryRecord, request: PageRequest, words: HistoryWords): Part {
  const { sights } = record.history;
  const asked = request.state.own.sight;
  const number = asked === undefined ? sights.length : Number(asked);
  const sight = sights[number - 1];
  if (asked !== undefined && !sight) throw new PageError(400, words.badSight(asked));
  const payload = sight ? shownPayload(sight.payload, record, request) : null;
  const moment = sight ? formatOf(request).moment(sight.observed_at.toISOString()) : "";
  const title = words.payload(number, moment);
  const table = payloadTable(payload, title, request);
  return {
    section: (
      <Section
        id="payload"
        title={title}
        {...request.settings.showsPersonalData ? {} : { intro: words.payloadMasked }}
      >
        {table.rows.length === 0
          ? <Empty title={title} text={words.payloadEmpty} />
          : (
            <pre class="payload" tabindex={0} role="group" aria-label={title}><code>{
              JSON.stringify(payload, null, 2)
            }</code></pre>
          )}
        <DataTableView view={request} table={table} isFolded />
      </Section>
    ),
    tables: [table],
  };
}
