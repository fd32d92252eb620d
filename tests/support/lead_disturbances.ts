import fc from "fast-check";

import type { SwitchChanges } from "../../lib/sandbox/account/switches.ts";
import type { Fault, FaultWhen } from "../../lib/sandbox/faults.ts";

const LEADS_PATH = "/api/v4/leads";

/** What others do to leads while they are read, and at which answers. */
export interface Drift {
  readonly fault: Fault;
  readonly when: FaultWhen;
}

/** Leads that are deleted or edited at one of the first answers. */
export const drift: fc.Arbitrary<Drift> = fc.record({
  fault: fc.oneof(
    fc.constant<Fault>({ kind: "delete_lead" }),
    fc.integer({ min: 1, max: 300 }).map((count): Fault => ({ kind: "touch_leads", count })),
  ),
  when: fc.record({
    times: fc.integer({ min: 1, max: 4 }),
    after: fc.integer({ min: 0, max: 3 }),
    path: fc.constant(LEADS_PATH),
  }),
});

/** What accounts do differently. */
export const switches: fc.Arbitrary<SwitchChanges> = fc.record({
  nextOnLastPage: fc.boolean(),
  shortPage: fc.option(
    fc.record({ page: fc.constantFrom(1, 2), missing: fc.constantFrom(1, 100) }),
  ),
  deleteTouchesUpdatedAt: fc.boolean(),
  heavyPage: fc.constantFrom(null, null, 100),
});
