import type { Booking } from "./bookings.ts";
import { type CalendarProblem, placeOf } from "./calendar.ts";
import type { CalendarLead } from "./calendar_matching.ts";

/** Which rentals share days of their car with another one, or with a booking that is not from the calendar. */
export function findOverlaps(
  rentals: readonly CalendarLead[],
  bookings: readonly Booking[],
): CalendarProblem[] {
  const open = rentals.filter(({ stage }) => stage !== "cancelled");
  return open.flatMap((rental, i) => {
    const others = [
      ...open.slice(0, i).filter((other) =>
        other.car.id === rental.car.id && overlap(rental, other)
      )
        .map(({ event }) => `event ${event.number}`),
      ...bookings.filter((booking) => booking.carId === rental.car.id && overlap(rental, booking))
        .map(({ lead }) => `lead ${lead.id}`),
    ];
    if (others.length === 0) return [];
    const reason = `its car is booked on some of its days by ${others.join(", ")} too`;
    return [{ ...placeOf(rental.event), reason }];
  });
}

interface Days {
  readonly start: Temporal.PlainDate;
  readonly end: Temporal.PlainDate;
}

function overlap(one: Days, other: Days): boolean {
  return Temporal.PlainDate.compare(one.start, other.end) < 0 &&
    Temporal.PlainDate.compare(other.start, one.end) < 0;
}
