import type { Account } from "./account.ts";
import type { Catalog, CatalogElement } from "./catalogs.ts";
import type { SandboxClock } from "./clock.ts";
import { type ContactStore, createContactStore } from "./contacts.ts";
import { createFieldStore, type FieldStore } from "./custom_fields.ts";
import { createEventFeed, type EventFeed } from "./events.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createIds, type NextId } from "./ids.ts";
import { createLateRows } from "./late_rows.ts";
import { createLeadStore, type LeadStore } from "./leads.ts";
import type { LossReason } from "./loss_reasons.ts";
import { createFirstPipeline, type Pipeline } from "./pipelines.ts";
import { createRandom } from "./random.ts";
import type { Switches } from "./switches.ts";
import { createTagStore, type TagStore } from "./tags.ts";
import { createUserStore, type UserStore } from "./users.ts";

/** Everything that the account holds. Nothing is written to disk. */
export interface World {
  readonly clock: SandboxClock;
  readonly switches: Switches;
  readonly nextId: NextId;
  readonly account: Account;
  readonly pipelines: Map<number, Pipeline>;
  readonly fields: FieldStore;
  readonly leads: LeadStore;
  readonly contacts: ContactStore;
  readonly companies: ContactStore;
  readonly catalogs: Map<number, Catalog>;
  readonly elements: Map<number, CatalogElement>;
  readonly tags: TagStore;
  readonly users: UserStore;
  readonly lossReasons: Map<number, LossReason>;
  readonly events: EventFeed;
  /** What tests are told beyond the API. */
  readonly journal: Journal;
}

/** What an account is made of. */
export interface WorldOptions {
  readonly seed: number;
  readonly subdomain: string;
  readonly timezone: string;
  readonly currency: string;
}

/** A fresh account: three users, the pipeline that amoCRM creates, system fields of contacts, no data. */
export function createWorld(
  options: WorldOptions,
  clock: SandboxClock,
  switches: Switches,
): World {
  const nextId = createIds(options.seed);
  const users = createUserStore(nextId);
  const [administrator = 0] = users.keys();
  const account: Account = {
    id: nextId("account"),
    subdomain: options.subdomain,
    userId: administrator,
    timezone: options.timezone,
    currency: options.currency,
    createdAt: clock.seconds(),
  };
  const pipeline = createFirstPipeline(nextId);
  const journal = createJournal(clock);
  return {
    clock,
    switches,
    nextId,
    account,
    pipelines: new Map([[pipeline.id, pipeline]]),
    fields: createFieldStore(nextId, account),
    leads: createLeadStore(
      createLateRows(clock, switches),
      (id, lead) => journal.leadChanged(id, lead, switches.changeLagMs),
    ),
    contacts: createContactStore(),
    companies: createContactStore(),
    catalogs: new Map(),
    elements: new Map(),
    tags: createTagStore(),
    users,
    lossReasons: new Map(),
    events: createEventFeed(clock, switches, createRandom(options.seed), journal.eventHappened),
    journal,
  };
}
