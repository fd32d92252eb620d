import type { Journal } from "./account/journal.ts";
import type { SandboxClock } from "./account/clock.ts";
import type { Fault } from "./faults.ts";

/** Faults after which the client has not what the account answered. */
const SPOILING: readonly Fault["kind"][] = ["lost", "status", "truncated"];

/** Dates an answer with the moment at which it was made, whatever is done after it. */
export function dateAnswer(clock: SandboxClock, response: Response): Response {
  if (!response.headers.has("date")) {
    response.headers.set("date", new Date(clock.nowMs()).toUTCString());
  }
  return response;
}

/** Notes in the journal what a GET was answered, before a fault spoils it. */
export async function noteAnswer(
  { journal, clock }: { readonly journal: Journal; readonly clock: SandboxClock },
  request: Request,
  response: Response,
  fault: Fault | undefined,
): Promise<void> {
  if (!journal.isKept || request.method !== "GET") return;
  const atMs = clock.nowMs();
  const { pathname, search } = new URL(request.url);
  const isJson = response.headers.get("content-type")?.includes("json");
  const text = await response.clone().text();
  journal.answered({
    kind: "answer",
    atMs,
    path: pathname + search,
    status: response.status,
    body: isJson && text !== "" ? JSON.parse(text) : null,
    isDelivered: fault === undefined || !SPOILING.includes(fault.kind),
  });
}
