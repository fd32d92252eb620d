import { Kpi, KpiRow } from "../frame/kpi.tsx";
import { siteLink } from "../frame/links.ts";
import type { Cell, ColumnKind, Markup, PageRequest } from "../page/page.ts";
import { clientsWords } from "../words/clients_page.ts";
import { CLIENT_SUMS_FILE, type ClientSums } from "./clients_value.ts";
import type { Define } from "./definitions.ts";
import type { LeadTime } from "./lead_time.tsx";

interface Figure {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly value: Cell;
  /** Of a mart of dm. */
  readonly column: string;
  readonly href: string;
  readonly sqlFile: string;
  readonly rate?: { readonly numerator: string; readonly denominator: string };
}

interface KpisProps {
  readonly request: PageRequest;
  readonly sums: ClientSums;
  readonly leadTime: LeadTime;
  readonly define: Define;
}

/** The numbers of all clients, and the medians of the period. */
export function ClientKpis(props: KpisProps): Markup {
  const { request, define } = props;
  return (
    <KpiRow>
      {[...valueFigures(props), ...medianFigures(props)].map((figure) => (
        <Kpi
          view={request}
          name={figure.name}
          kind={figure.kind}
          value={figure.value}
          href={siteLink(request, figure.href)}
          definition={{
            ...define(`dm.${figure.column}`),
            ...figure.rate,
            sqlFile: figure.sqlFile,
          }}
        />
      ))}
    </KpiRow>
  );
}

function valueFigures({ request, sums }: KpisProps): readonly Figure[] {
  const words = clientsWords[request.state.language];
  const common = { href: "/clients#top", sqlFile: CLIENT_SUMS_FILE };
  return [
    {
      ...common,
      name: words.clients,
      kind: "count",
      value: sums.clients,
      column: "client_value.rentals",
    },
    {
      ...common,
      name: words.repeatShare,
      kind: "ratio",
      value: sums.repeat_share,
      column: "client_value.is_repeat",
      rate: { numerator: words.clientsCame, denominator: words.clients },
    },
    {
      ...common,
      name: words.revenue,
      kind: "money",
      value: sums.revenue,
      column: "client_value.revenue",
    },
    {
      ...common,
      name: words.revenueAhead,
      kind: "money",
      value: sums.revenue_ahead,
      column: "client_value.revenue_ahead",
    },
  ];
}

function medianFigures({ request, leadTime }: KpisProps): readonly Figure[] {
  const words = clientsWords[request.state.language];
  const common = { href: "/clients#lead-time", sqlFile: leadTime.table.sqlFile };
  return [
    {
      ...common,
      name: words.medianLead,
      kind: "days",
      value: leadTime.whole?.median_lead_days ?? null,
      column: "lead_time.lead_days",
    },
    {
      ...common,
      name: words.medianRental,
      kind: "days",
      value: leadTime.whole?.median_rental_days ?? null,
      column: "lead_time.rental_days",
    },
  ];
}
