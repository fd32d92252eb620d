import { Kpi, KpiRow } from "../frame/kpi.tsx";
import { siteLink } from "../frame/links.ts";
import type { Cell, ColumnKind, Markup, PageRequest } from "../page/page.ts";
import { type FunnelWords, funnelWords } from "../words/funnel_page.ts";
import type { Build } from "./build.ts";
import type { ComparedPeriods } from "./compared_periods.ts";
import { type Compared, comparisonsOf } from "./compared_sums.ts";
import type { Define } from "./definitions.ts";
import type { Cohorts } from "./funnel_cohorts.tsx";
import type { FunnelSums } from "./funnel_sums.ts";
import { leadListHref } from "./lead_list.ts";

interface Figure {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly list: string;
  readonly column: string;
  readonly isMoreBetter: boolean | null;
  readonly of: (sums: FunnelSums) => Cell;
}

interface KpisProps {
  readonly request: PageRequest;
  readonly build: Build;
  readonly sums: Compared<FunnelSums>;
  readonly periods: ComparedPeriods;
  readonly cohorts: Cohorts;
  readonly define: Define;
}

/** The numbers of the period: how many leads, and what became of them. */
export function FunnelKpis(props: KpisProps): Markup {
  const { request, build, cohorts, define } = props;
  const words = funnelWords[request.state.language];
  return (
    <KpiRow>
      {figuresOf(words).map((figure) => <FunnelKpi {...props} figure={figure} />)}
      <Kpi
        view={request}
        name={words.maturity}
        kind="ratio"
        value={cohorts.maturity}
        href={siteLink(
          request,
          leadListHref(build.cohortMaturityDays === null ? "created" : "mature"),
        )}
        definition={{
          ...define("dm.lead_funnel_week.maturity"),
          sqlFile: cohorts.table.sqlFile,
        }}
      />
    </KpiRow>
  );
}

/** The leads of a period, and those of them that came to each end. */
function figuresOf(words: FunnelWords): readonly Figure[] {
  return [
    {
      name: words.leads,
      kind: "count",
      list: "created",
      column: "leads",
      isMoreBetter: true,
      of: (one) => one.leads,
    },
    {
      name: words.conversion,
      kind: "ratio",
      list: "reached-confirmed",
      column: "reached_confirmed",
      isMoreBetter: true,
      of: (one) => one.conversion,
    },
    {
      name: words.won,
      kind: "count",
      list: "won",
      column: "won",
      isMoreBetter: true,
      of: (one) => one.won,
    },
    {
      name: words.lost,
      kind: "count",
      list: "lost",
      column: "lost",
      isMoreBetter: false,
      of: (one) => one.lost,
    },
    {
      name: words.open,
      kind: "count",
      list: "open",
      column: "open",
      isMoreBetter: null,
      of: (one) => one.open,
    },
  ];
}

function FunnelKpi(props: KpisProps & { readonly figure: Figure }): Markup {
  const { request, sums, periods, define, figure } = props;
  const { name, kind, list, column, isMoreBetter } = figure;
  const words = funnelWords[request.state.language];
  const rate = kind === "ratio" ? { numerator: words.conversion, denominator: words.leads } : {};
  return (
    <Kpi
      view={request}
      name={name}
      kind={kind}
      value={sums.present === null ? null : figure.of(sums.present)}
      comparison={comparisonsOf(request, sums, periods, figure.of, isMoreBetter)}
      href={siteLink(request, leadListHref(list))}
      definition={{
        ...define(`dm.lead_funnel_week.${column}`),
        ...rate,
        sqlFile: sums.sqlFile,
      }}
    />
  );
}
