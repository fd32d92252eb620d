import { z } from "zod";
import type { PageRequest } from "../page/page.ts";
import { type Members, readMembers, toMembers } from "./fleet_members.ts";
import { type FleetMonths, readFleetMonths, toFleetMonths } from "./fleet_months.ts";
import { monthsAsked } from "./own_periods.ts";

/** How much of the fleet was rented by month, and by model and car. */
export interface FleetFigures {
  readonly months: FleetMonths;
  readonly members: Members;
}

const THEN_FILE = "dashboard/fleet_as_of.sql";

const levels = z.array(z.looseObject({ level: z.string() }));

/** Reads the months and the members of the fleet, or of the car or model that the page is about. */
export async function readFleetFigures(request: PageRequest): Promise<FleetFigures> {
  const { ask, state } = request;
  if (state.asOf === null) {
    const [months, members] = await Promise.all([readFleetMonths(request), readMembers(request)]);
    return { months, members };
  }
  // In one statement: to find what has changed since then takes most of the time.
  const { from, to } = monthsAsked(state.period);
  const found = levels.parse(
    await ask(THEN_FILE, [
      state.asOf.toString(),
      from.toString(),
      to.toString(),
      state.period.from.with({ day: 1 }).toString(),
      state.car,
      state.model,
    ]),
  );
  const months = found.filter(({ level }) => level === "month");
  const members = found.filter(({ level }) => level !== "month");
  return {
    months: await toFleetMonths(request, months, THEN_FILE),
    members: toMembers(request, members, THEN_FILE),
  };
}
