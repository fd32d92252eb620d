import { z } from "zod";

/**
 * Everything about the API that nobody could confirm, and a few habits that only some accounts show.
 *
 * The defaults are the likeliest reading; a client must be right with any setting.
 */
export const switchesSchema = z.strictObject({
  /** Lists emit `_links.next` even on their last page, so that a 204 ends the walk. */
  nextOnLastPage: z.boolean().default(false),
  /** This page of every list comes `missing` rows short although more pages follow; no row is lost. */
  shortPage: z.strictObject({ page: z.int().min(1), missing: z.int().min(1) }).nullable().default(
    null,
  ),
  /** Moving a lead to the trash, or back, sets its `updated_at`. */
  deleteTouchesUpdatedAt: z.boolean().default(true),
  /** Linking or unlinking something sets the `updated_at` of the record that it was asked for. */
  linkTouchesUpdatedAt: z.boolean().default(true),
  /** An `updated_at` sent by the client is taken over, as the documentation says. */
  honoursUpdatedAt: z.boolean().default(true),
  /** Days until the trash forgets a lead; null keeps it for ever. The documentation claims 30. */
  trashRetentionDays: z.int().min(1).nullable().default(30),
  /** What `GET /leads/{id}` answers for a lead that is missing or trashed. */
  missingLeadStatus: z.union([z.literal(204), z.literal(404)]).default(204),
  /** Leads that no token may list, as a user's rights hide those of others. */
  hiddenLeads: z.array(z.int()).default([]),
  /** What `GET /leads/{id}` answers for one of them: refused, or shown all the same. */
  hiddenLeadStatus: z.union([z.literal(403), z.literal(200)]).default(403),
  /** Leads carry `price_with_minor_units` and `is_price_computed`, as accounts do since April 2026. */
  bothPriceFields: z.boolean().default(true),
  /** How `_embedded.loss_reason` comes: the official client reads an array, a documentation page shows an object. */
  lossReasonAs: z.enum(["array", "object"]).default("array"),
  /** How custom-field dates are read back. */
  fieldDatesAs: z.enum(["seconds", "rfc3339"]).default("seconds"),
  /** A `date` or `birthday` field is moved to midnight of the account's time zone when it is written. */
  fieldDatesAtMidnight: z.boolean().default(true),
  /** Elements deleted through the ajax route stay in the list with `is_deleted: true`. */
  showDeletedElements: z.boolean().default(false),
  /** Status of a successful POST of custom fields. */
  fieldCreateStatus: z.union([z.literal(200), z.literal(201)]).default(200),
  /** Most custom fields on one page; one sentence of the documentation says 50. */
  fieldsPageLimit: z.int().min(1).max(250).default(250),
  /** Most events on one page; the Russian documentation says 100, logs show 250. */
  eventsPageLimit: z.int().min(1).max(250).default(250),
  /** Order of the event feed by time. */
  eventsOrder: z.enum(["asc", "desc"]).default("desc"),
  /** How long an event stays unseen after the change, in milliseconds of the sandbox clock. */
  eventLagMs: z.int().min(0).default(0),
  /** A change of a field is told a second time under the type without its id, as is seen now and then. */
  bareFieldEvents: z.boolean().default(false),
  /** Which lead `entity_merged` names: the one that stays, or each that is gone. */
  mergeNames: z.enum(["survivor", "gone"]).default("survivor"),
  /** How long a change of a lead stays unseen in lists and look-ups, in milliseconds of the sandbox clock. */
  changeLagMs: z.int().min(0).default(0),
  /** Filters that lists take and do not heed, by name, such as "updated_at"; "order" and "query" are names too. */
  ignoredFilters: z.array(z.string()).default([]),
  /** Event types that never appear, as reported for imports and for some writes through the API. */
  missingEventTypes: z.array(z.string()).default([]),
  /** Valid items of a batch are written although others of it are refused. */
  partialWrites: z.boolean().default(false),
  /**
   * What a write does with a key that the API does not know: 400 `FieldNotExpected`, as public clients report, or
   * nothing, as older clients rely on.
   */
  unknownKeys: z.enum(["refused", "ignored"]).default("refused"),
  /**
   * What a write of a lead, contact or company does with keys that it can only be read with, such as
   * `account_id` or `field_name`: one public client sends whole records back, the official one never does.
   */
  readOnlyKeys: z.enum(["ignored", "refused"]).default("ignored"),
  /**
   * Most characters of a written `text`, `url` or `streetaddress` value; null takes any, as the web interface
   * does. That the two other types share the limit of `text` is not confirmed.
   */
  maxTextLength: z.int().min(1).nullable().default(256),
  /** A list of leads, elements or events that is asked for with a larger `limit` is answered with 504 HTML. */
  heavyPage: z.int().min(1).nullable().default(null),
  /** A write of more items than this is answered by the gateway with 504 HTML, and nothing is written. */
  heavyBatch: z.int().min(1).nullable().default(null),
  /** A text that no field takes, as the account's own rules for its fields would refuse it. */
  refusedText: z.string().min(1).nullable().default(null),
  /** `POST /ajax/leads/multiple/delete/` works; some accounts refuse it. */
  ajaxDelete: z.boolean().default(true),
  /** Requests in any second of real time before a 429; null lifts the limit. */
  requestsPerSecond: z.int().min(1).nullable().default(7),
  /** 429 answers within a minute before the account is blocked with 403 HTML; null never blocks. */
  blockAfter429: z.int().min(1).nullable().default(100),
  /** Real time each answer takes at least, in milliseconds. */
  latencyMs: z.int().min(0).default(0),
});

export type Switches = z.infer<typeof switchesSchema>;
export type SwitchChanges = z.input<typeof switchesSchema>;

/** Takes over the named switches and leaves the others; what is wrong throws a ZodError and changes nothing. */
export function changeSwitches(switches: Switches, changes: unknown): void {
  const named = z.record(z.string(), z.unknown()).parse(changes);
  Object.assign(switches, readSwitches({ ...switches, ...named }));
}

/** Checks and fills in switches; an unknown name or a wrong value throws a ZodError. */
export function readSwitches(changes: unknown): Switches {
  return switchesSchema.parse(changes);
}
