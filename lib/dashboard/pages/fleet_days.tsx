import { z } from "zod";
import { HeatMap, type HeatRow } from "../charts/heat_map.tsx";
import { ChartFigure } from "../frame/chart_figure.tsx";
import { siteLink } from "../frame/links.ts";
import { formatOf } from "../frame/view.ts";
import { namedApart } from "../page/named_apart.ts";
import type { Notice } from "../page/notice.ts";
import type { DataTable, Markup, PageRequest, Period } from "../page/page.ts";
import { figuresWords } from "../words/figures_words.ts";
import { fleetWords } from "../words/fleet_page.ts";
import { daysOf } from "./compared_periods.ts";
import type { FleetCars } from "./fleet_members.ts";
import { carColumn } from "./record_columns.ts";

const SQL_FILE = "dashboard/fleet_days.sql";

/** More columns than a screen can tell apart. */
const MOST_DAYS = 92;

const runRows = z.array(z.object({
  car_id: z.string(),
  first_day: z.string(),
  last_day: z.string(),
  state: z.enum(["rented", "booked", "double_booked", "idle"]),
}));

/** How the days of the shown cars were used. */
export interface CarDays {
  readonly table: DataTable;
  readonly shown: Period;
  readonly rows: readonly HeatRow[];
  readonly stateOf: (carId: string, day: string) => string | null;
  readonly notices: readonly Notice[];
}

/** Reads the last days of the period of the cars that are shown, in runs of days that are alike. */
export async function readCarDays(request: PageRequest, cars: FleetCars): Promise<CarDays> {
  const { ask, state } = request;
  const shown = lastDays(state.period);
  const members = cars.shown.rows.map(({ car_id, plate }) => ({
    id: String(car_id),
    name: String(plate),
  }));
  const nameOf = namedApart(members);
  const runs = runRows.parse(
    await ask(SQL_FILE, [
      state.asOf?.toString() ?? null,
      shown.from.toString(),
      shown.to.toString(),
      JSON.stringify(members.map(({ id }) => id)),
    ]),
  );
  const byCar = Map.groupBy(runs, ({ car_id }) => car_id);
  const names = new Map(members.map(({ id, name }) => [id, name]));
  return {
    shown,
    notices: await request.notices(SQL_FILE),
    table: runsTable(request, runs, names),
    rows: members.filter(({ id }) => byCar.has(id)).map((member) => ({
      key: member.id,
      name: nameOf(member),
      href: siteLink(request, `/history/car/${member.id}`),
    })),
    stateOf: (carId, day) =>
      byCar.get(carId)?.find((run) => run.first_day <= day && day <= run.last_day)?.state ?? null,
  };
}

function lastDays(period: Period): Period {
  if (daysOf(period) <= MOST_DAYS) return period;
  return { from: period.to.subtract({ days: MOST_DAYS - 1 }), to: period.to };
}

function runsTable(
  { state }: PageRequest,
  runs: z.infer<typeof runRows>,
  names: ReadonlyMap<string, string>,
): DataTable {
  const words = fleetWords[state.language];
  return {
    name: "days",
    title: words.usage,
    sqlFile: SQL_FILE,
    columns: [
      carColumn(figuresWords[state.language].car),
      { key: "first_day", title: words.firstDay, kind: "date" },
      { key: "last_day", title: words.lastDay, kind: "date" },
      { key: "state_name", title: words.state, kind: "text" },
    ],
    rows: runs.map((run) => ({
      ...run,
      plate: names.get(run.car_id) ?? run.car_id,
      state_name: words.states[run.state],
    })),
  };
}

/** The cars by days. */
export function CarDaysFigure(
  { request, carDays }: { readonly request: PageRequest; readonly carDays: CarDays },
): Markup {
  const words = fleetWords[request.state.language];
  const format = formatOf(request);
  const from = carDays.shown.from.toString();
  const to = carDays.shown.to.toString();
  const isCut = from !== request.state.period.from.toString();
  return (
    <ChartFigure
      view={request}
      id="usage"
      title={words.usage}
      {...(isCut ? { subtitle: words.shownDays(format.date(from), format.date(to)) } : {})}
      table={carDays.table}
      notices={carDays.notices}
    >
      <HeatMap
        id="usage-chart"
        title={words.usage}
        description={words.usageChart}
        format={format}
        emptyText={words.noDays}
        axis={{ step: "day", from, to }}
        rows={carDays.rows}
        states={[
          { key: "rented", name: words.states.rented, tone: "main" },
          { key: "booked", name: words.states.booked, tone: "main", isHatched: true },
          {
            key: "double_booked",
            name: words.states.double_booked,
            tone: "bad",
            isHatched: true,
          },
          { key: "idle", name: words.states.idle, tone: "idle" },
        ]}
        stateOf={carDays.stateOf}
      />
    </ChartFigure>
  );
}
