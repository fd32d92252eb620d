import { DataTableView } from "../frame/data_table.tsx";
import { NoticeBox } from "../frame/notice_box.tsx";
import { Pagination, Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { Markup, Page, PageContent, PageRequest } from "../page/page.ts";
import { clientsWords } from "../words/clients_page.ts";
import { type Build, readBuild } from "./build.ts";
import { ClientKpis } from "./clients_kpis.tsx";
import { NewClientsFigure, readNewClients } from "./clients_months.tsx";
import { type ClientSums, readClients, readClientSums } from "./clients_value.ts";
import { type Define, readDefinitions } from "./definitions.ts";
import { type LeadTime, LeadTimeFigures, readLeadTime } from "./lead_time.tsx";
import { notBuilt } from "./not_built.tsx";
import { last12Months, wholeMonthsOf } from "./own_periods.ts";
import type { PagedTable } from "./paged_table.ts";
import { readRentalChanges, type RentalChanges, RentalChangesFigure } from "./rental_changes.tsx";

/** Who rents: what clients bring in, whether they come back, how early they book, for how long, what they change. */
export const clientsPage: Page = {
  path: "/clients",
  reads: "business",
  filters: ["period"],
  showsPart: true,
  parameters: ["page", "bookings_page", "changes_page"],
  defaultPeriod: last12Months,
  render,
};

/** What the parts of the page show. */
interface ClientsData {
  readonly build: Build;
  readonly define: Define;
  readonly sums: ClientSums;
  readonly clients: PagedTable;
  readonly newClients: Awaited<ReturnType<typeof readNewClients>>;
  readonly leadTime: LeadTime;
  readonly changes: RentalChanges;
}

async function render(request: PageRequest): Promise<PageContent> {
  const words = clientsWords[request.state.language];
  const build = await readBuild(request.ask, null);
  if (build === null) return notBuilt(request, words.title);
  const months = wholeMonthsOf(request.state.period);
  // One behind the other, without waiting: the server works while this program reads.
  const [{ sums, clients }, define, newClients, leadTime, changes] = await Promise.all([
    readClientSums(request).then(async (all) => {
      return { sums: all, clients: await readClients(request, all.all_rows) };
    }),
    readDefinitions(request),
    readNewClients(request, months),
    readLeadTime(request, months),
    readRentalChanges(request, months),
  ]);
  const data: ClientsData = { build, define, sums, clients, newClients, leadTime, changes };
  const tables = [
    ...[data.clients.table, data.newClients.table],
    ...[data.leadTime.table, data.leadTime.bookings.table],
    ...[data.changes.table, data.changes.changes.table],
  ];
  return { title: words.title, tables, body: <Body request={request} data={data} /> };
}

interface ClientsPartProps {
  readonly request: PageRequest;
  readonly data: ClientsData;
}

/** Fewer clients make no shares. */
const FEWEST_CLIENTS = 50;

function Body({ request, data }: ClientsPartProps): Markup {
  const { language } = request.state;
  const words = clientsWords[language];
  const { define, sums } = data;
  const format = formatOf(request);
  const lastDay = format.date(data.build.lastFinishedDay.toString());
  return (
    <>
      <Section id="summary" title={words.summary} intro={words.summaryIntro(lastDay)}>
        {sums.clients > 0 && sums.clients < FEWEST_CLIENTS
          ? (
            <NoticeBox
              language={language}
              tone="info"
              text={words.tooFew(format.count(sums.clients))}
            />
          )
          : ""}
        <ClientKpis request={request} {...data} />
      </Section>
      <Section id="top" title={words.top} intro={words.topIntro} guide={words.topGuide}>
        <PagedTableView request={request} paged={data.clients} emptyText={words.noClients} />
      </Section>
      <Section id="new" title={words.newClients} intro={words.newIntro}>
        <NewClientsFigure request={request} newClients={data.newClients} define={define} />
      </Section>
      <Section id="lead-time" title={words.leadTime} intro={words.leadTimeIntro}>
        <LeadTimeFigures request={request} leadTime={data.leadTime} define={define} />
        <PagedTableView
          request={request}
          paged={data.leadTime.bookings}
          emptyText={words.noLeadTime}
        />
      </Section>
      <Section id="changes" title={words.changes} intro={words.changesIntro}>
        <RentalChangesFigure request={request} changes={data.changes} define={define} />
        <PagedTableView
          request={request}
          paged={data.changes.changes}
          emptyText={words.noChanges}
        />
      </Section>
    </>
  );
}

function PagedTableView(
  { request, paged, emptyText }: {
    readonly request: PageRequest;
    readonly paged: PagedTable;
    readonly emptyText: string;
  },
): Markup {
  return (
    <>
      <DataTableView view={request} table={paged.table} emptyText={emptyText} />
      <Pagination
        view={request}
        page={paged.page}
        pages={paged.pages}
        parameter={paged.parameter}
        of={paged.table.title}
      />
    </>
  );
}
