import { z } from "zod";
import { type ServedSandbox, serveSandbox } from "../../lib/sandbox/server.ts";
import type { SandboxOptions } from "../../lib/sandbox/sandbox.ts";
import {
  createAccountWriter,
  createPipeline,
  createRentalAccount,
  fieldValues,
  type RentalAccount,
} from "../support/rental_account.ts";

/** A request that changes the account: made at once, or by a fault in the middle of a reading. */
export interface Step {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: unknown;
}

/** How a record stands in the account now. */
export type Standing = "living" | "trashed" | "gone";

/** A CRM of a rental business that can be changed, and remembers what there is. */
export interface Crm extends AsyncDisposable {
  readonly sandbox: ServedSandbox;
  readonly account: RentalAccount;
  /** In which its `date` fields are midnight. */
  readonly accountZone: string;
  /** In which the business counts its days. */
  readonly businessZone: string;
  /** The second pipeline and its statuses by name. */
  readonly otherPipelineId: number;
  readonly otherStatuses: Readonly<Record<string, number>>;
  /** Ids by how they stand. */
  readonly leads: ReadonlyMap<number, Standing>;
  readonly cars: ReadonlyMap<number, Standing>;
  readonly clients: ReadonlyMap<number, Standing>;
  /** Makes requests; what is refused is an error. */
  make(...steps: readonly Step[]): Promise<void>;
  /** Looks at what the journal says since the last time, so that `leads`, `cars` and `clients` are right. */
  catchUp(): void;
}

const noted = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("lead"),
    id: z.int(),
    shown: z.object({ is_deleted: z.boolean() }).nullable(),
  }),
  z.object({
    kind: z.literal("element"),
    id: z.int(),
    catalogId: z.int(),
    shown: z.object({}).nullable(),
  }),
  z.object({ kind: z.literal("event") }),
  z.object({ kind: z.literal("answer") }),
]);

/** Serves an account whose clock stands still, with both pipelines, the catalogs and the fields. */
export async function openCrm(
  options: SandboxOptions & { readonly start: string; readonly businessZone: string },
): Promise<Crm> {
  const sandbox = serveSandbox({
    ...options,
    switches: { ...options.switches, requestsPerSecond: null },
  });
  sandbox.clock.freeze();
  // It has gone on for a moment, and not always for the same one.
  sandbox.clock.set(options.start);
  const send = (request: Request) => sandbox.fetch(request);
  const account = await createRentalAccount(send, sandbox.token, sandbox.url);
  const writer = createAccountWriter(send, sandbox.token, sandbox.url);
  await addFleetDates(account);
  const other = await createPipeline(writer.request, OTHER_PIPELINE);
  sandbox.journal.keep(true);
  const leads = new Map<number, Standing>();
  const cars = new Map<number, Standing>();
  const clients = new Map<number, Standing>();
  let seen = 0;
  const make = async ({ method, path, body }: Step) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const headers = { authorization: `Bearer ${sandbox.token}` };
    const url = sandbox.url + path;
    const response = await sandbox.fetch(new Request(url, { method, headers, body: text }));
    if (response.ok) return void await response.body?.cancel();
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  };
  const catchUp = () => {
    const entries = sandbox.journal.list(seen);
    seen += entries.length;
    for (const entry of entries.map((one) => noted.parse(one))) {
      if (entry.kind === "lead") {
        const { shown } = entry;
        leads.set(entry.id, shown === null ? "gone" : shown.is_deleted ? "trashed" : "living");
      } else if (entry.kind === "element") {
        const homes = new Map([[account.carsCatalogId, cars], [account.clientsCatalogId, clients]]);
        homes.get(entry.catalogId)?.set(entry.id, entry.shown === null ? "gone" : "living");
      }
    }
  };
  return {
    sandbox,
    account,
    accountZone: options.timezone ?? "Asia/Dubai",
    businessZone: options.businessZone,
    otherPipelineId: other.pipelineId,
    otherStatuses: other.statuses,
    leads,
    cars,
    clients,
    async make(...steps) {
      for (const step of steps) await make(step);
      catchUp();
    },
    catchUp,
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

/** The fields "In fleet from" and "In fleet to" of cars, by the columns that they fill. */
async function addFleetDates(account: RentalAccount): Promise<void> {
  const items = [{ name: "In fleet from", type: "date" }, { name: "In fleet to", type: "date" }];
  const path = `/catalogs/${account.carsCatalogId}/custom_fields`;
  const [from = 0, to = 0] = await account.create(path, "custom_fields", items);
  Object.assign(account.carFields, { in_fleet_from: from, in_fleet_to: to });
}

const OTHER_PIPELINE = {
  name: "Corporate",
  sort: 30,
  statuses: [
    { name: "Talks", sort: 20, color: "#fffeb2" },
    { name: "Confirmed", sort: 30, color: "#fffeb2" },
    { id: 142, name: "Signed" },
    { id: 143, name: "Lost" },
  ],
};

/** `custom_fields_values` for columns; null clears a field. */
export function toFields(
  fields: Readonly<Record<string, number>>,
  columns: Readonly<Record<string, unknown>>,
): object[] {
  return Object.entries(columns).flatMap(([column, value]) =>
    value === null
      ? [{ field_id: fields[column], values: [] }]
      : fieldValues([[fields[column], value]])
  );
}
