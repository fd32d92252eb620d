import { z } from "zod";
import type { Sleep } from "../sleep.ts";
import type { Fault } from "./faults.ts";
import { trashLead } from "./routes/lead_trash.ts";
import { htmlPage, problem } from "./routes/problems.ts";
import type { World } from "./account/world.ts";

/** Thrown instead of an answer: the server closes the connection, `Sandbox.fetch` rejects with it. */
export class ConnectionReset extends Error {
  override readonly name = "ConnectionReset";
  constructor() {
    super("The connection was closed without an answer");
  }
}

/** A request that a fault makes by itself. */
export type FaultRequest = Extract<Fault, { kind: "then" }>["requests"][number];

/** What a fault can do besides answering. */
export interface FaultMeans {
  /** Rejects when the client has gone. */
  readonly wait: Sleep;
  /** Makes a request of its own; rejects when that is refused. */
  readonly send: (request: FaultRequest) => Promise<void>;
}

/** Answers a request with a fault; `answer` gives the good answer. */
export async function answerWithFault(
  world: World,
  fault: Fault,
  signal: AbortSignal,
  { wait, send }: FaultMeans,
  answer: () => Promise<Response>,
): Promise<Response> {
  switch (fault.kind) {
    case "reset":
      throw new ConnectionReset();
    case "lost":
      await answer();
      throw new ConnectionReset();
    case "status":
      if (fault.isDone) await answer();
      return refuse(fault.status, fault.body ?? "html");
    case "truncated":
      return cutInHalf(await answer());
    case "slow":
      await wait(fault.ms, signal);
      return await answer();
    case "touch_leads":
      return await thenDisturb(
        world,
        answer,
        (ids) => touchLeads(world, ids.slice(0, fault.count)),
      );
    case "delete_lead":
      return await thenDisturb(world, answer, ([id]) => {
        if (id !== undefined) trashLead(world, id);
      });
    case "then": {
      const good = await answer();
      for (const request of fault.requests) await send(request);
      return good;
    }
  }
}

function refuse(status: number, body: "html" | "problem" | "empty"): Response {
  if (body === "html") return htmlPage(status);
  return body === "problem" ? problem(status, "Fault on demand") : new Response(null, { status });
}

async function cutInHalf(good: Response): Promise<Response> {
  const text = await good.text();
  // A 204 has nothing to cut: the beginning of some list takes its place.
  const cut = text === "" ? `{"_page":1,"_links":{"self":` : text.slice(0, text.length / 2);
  return new Response(cut, { status: 200, headers: { "content-type": "application/hal+json" } });
}

async function thenDisturb(
  world: World,
  answer: () => Promise<Response>,
  disturb: (ids: readonly number[]) => void,
): Promise<Response> {
  const good = await answer();
  disturb([...await leadIdsIn(good), ...oldestIds(world)]);
  return good;
}

const listSchema = z.object({
  _embedded: z.object({ leads: z.array(z.object({ id: z.int() })) }),
});

/** The leads of the page that was answered: changing those is what makes the next page drift. */
async function leadIdsIn(good: Response): Promise<number[]> {
  if (good.status !== 200) return [];
  const list = listSchema.safeParse(await good.clone().json());
  return list.success ? list.data._embedded.leads.map(({ id }) => id) : [];
}

function* oldestFirst(world: World): Iterable<number> {
  const selection = {
    isTrash: false,
    order: "updated_at",
    direction: "asc",
    filterKey: "",
    matches: () => true,
  } as const;
  for (const lead of world.leads.select(selection)) yield lead.id;
}

function oldestIds(world: World): number[] {
  return [...oldestFirst(world)];
}

/** Another user opens and saves leads: nothing changes but who and when. */
function touchLeads(world: World, ids: readonly number[]): void {
  for (const id of ids) {
    const lead = world.leads.get(id);
    if (lead === undefined) continue;
    lead.updatedAt = world.clock.seconds();
    lead.updatedBy = world.account.userId;
    world.leads.changed(lead);
  }
}
