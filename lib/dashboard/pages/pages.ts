import type { Page } from "../page/page.ts";
import { calendarPage } from "./calendar.tsx";
import { clientsPage } from "./clients.tsx";
import { dataPage } from "./data.tsx";
import { fleetPage } from "./fleet.tsx";
import { funnelPage } from "./funnel.tsx";
import type { PagesGiven } from "./given.ts";
import { historyPage } from "./history.tsx";
import { historyStartPage } from "./history_start.tsx";
import { moneyPage } from "./money.tsx";
import { runPage } from "./run.tsx";
import { runsPage } from "./runs.tsx";
import { todayPage } from "./today.tsx";

/** All pages, in the order of the navigation. */
export function createPages(given: PagesGiven): readonly Page[] {
  return [
    todayPage,
    calendarPage,
    fleetPage,
    moneyPage,
    funnelPage,
    clientsPage,
    historyStartPage(),
    historyPage(),
    runsPage(given),
    runPage(given),
    dataPage(given),
  ];
}
