import type { AmoClient } from "./client.ts";
import { LEADS_PATH } from "./lead_page.ts";
import { lookUp, lookUpOne, type LookUpRoute, type ShownSink } from "./look_up.ts";

/** Where leads are asked for, with what they are linked to. */
export const LEADS_ROUTE: LookUpRoute = {
  path: LEADS_PATH,
  list: "leads",
  query: { with: "catalog_elements" },
};

// It does not combine with other words of `with`.
const TRASH_ROUTE: LookUpRoute = { ...LEADS_ROUTE, query: { with: "only_deleted" } };

/**
 * What became of leads that a look-up of many did not show, by id:
 *
 * - `shown`: they are there after all, or in the trash, and were handed on
 * - `refused`: they are there, and this token may not see them
 * - `gone`: neither by id nor in the trash
 * - `unknown`: nothing that the account said can be relied on
 */
export interface Whereabouts {
  readonly shown: readonly number[];
  readonly refused: readonly number[];
  readonly gone: readonly number[];
  readonly unknown: readonly number[];
}

/**
 * Finds out what became of leads that a look-up did not show: asks for them in the trash, then for each of those
 * left by its own address. In this order a lead that comes out of the trash meanwhile is met there.
 */
export async function findVanishedLeads(
  client: AmoClient,
  ids: readonly number[],
  signal: AbortSignal,
  sink: ShownSink,
): Promise<Whereabouts> {
  const found: Record<keyof Whereabouts, number[]> = {
    shown: [],
    refused: [],
    gone: [],
    unknown: [],
  };
  const trash = await lookUp(client, TRASH_ROUTE, ids, signal, sink);
  for (const id of ids) {
    if (trash.shown.has(id)) {
      found.shown.push(id);
      continue;
    }
    const answer = await lookUpOne(client, LEADS_ROUTE, id, signal);
    if (answer.kind === "shown") await sink([answer.shown]);
    // An ignored filter shows the beginning of the whole trash, in which this one may be too.
    const kind = answer.kind === "gone" && !trash.isHonoured ? "unknown" : answer.kind;
    found[kind].push(id);
  }
  return found;
}
