import type { TapeBar, TapeRow } from "../charts/tape.ts";
import { siteLink } from "../frame/links.ts";
import { namedApart } from "../page/named_apart.ts";
import type { PageRequest } from "../page/page.ts";
import { calendarWords } from "../words/calendar_page.ts";
import { isStage } from "../words/stage_words.ts";
import type { Booking, CalendarCar, PlateChange } from "./calendar_rows.ts";
import { initialsOf } from "./initials.ts";

/** The rows of the tape: bookings without a car by the model asked for, then the cars. */
export function tapeRows(
  request: PageRequest,
  cars: readonly CalendarCar[],
  bookings: readonly Booking[],
  plateChanges: readonly PlateChange[],
): readonly TapeRow[] {
  const words = calendarWords[request.state.language];
  const byCar = Map.groupBy(bookings, ({ car_id }) => car_id);
  const byModel = Map.groupBy(byCar.get(null) ?? [], ({ model }) => model ?? "");
  const changesOf = Map.groupBy(plateChanges, ({ car_id }) => car_id);
  const unassigned = [...byModel].toSorted(([a], [b]) => a < b ? -1 : 1);
  const nameOf = namedApart(
    cars.map(({ car_id, plate }) => ({ id: car_id, name: plate ?? car_id })),
  );
  return [
    ...unassigned.map(([model, ofModel]): TapeRow => ({
      key: `model ${model}`,
      name: words.unassigned,
      detail: model,
      isUnassigned: true,
      bars: ofModel.map((booking) => toBar(request, booking)),
    })),
    ...cars.map(({ car_id, plate, model }): TapeRow => ({
      key: car_id,
      name: nameOf({ id: car_id, name: plate ?? car_id }),
      detail: model,
      href: siteLink(request, `/history/car/${car_id}`),
      bars: (byCar.get(car_id) ?? []).map((booking) => toBar(request, booking)),
      marks: (changesOf.get(car_id) ?? []).map((change) => ({
        at: change.usage_date,
        text: `${change.plate_before ?? words.noPlate} → ${change.plate ?? words.noPlate}`,
      })),
    })),
  ];
}

function toBar(request: PageRequest, booking: Booking): TapeBar {
  const { state, settings } = request;
  const words = calendarWords[state.language];
  const { lead_id, client_name, stage, first_day, last_day } = booking;
  const name = settings.showsPersonalData ? client_name : words.masked;
  return {
    key: lead_id,
    first: first_day,
    last: last_day,
    initials: initialsOf(client_name) ?? words.noInitials,
    name: client_name === null ? words.nobody : name ?? "",
    stage: isStage(stage) ? stage : "other",
    href: siteLink(request, `/history/lead/${lead_id}`),
    isOverdue: booking.is_overdue,
    hasNoEnd: booking.has_no_end,
    isDoubleBooked: booking.is_double_booked,
  };
}
