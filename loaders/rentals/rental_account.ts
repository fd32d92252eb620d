import type { Logger } from "@logtape/logtape";
import { type Account, readAccount } from "../../lib/amocrm/account.ts";
import { AmoError } from "../../lib/amocrm/answers.ts";
import { readCatalogs, wantedCatalog } from "../../lib/amocrm/catalogs.ts";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import { type FieldsByColumn, readCustomFields, resolveFields } from "../../lib/amocrm/fields.ts";
import { findByNameOrId } from "../../lib/amocrm/find_by_name.ts";
import { type Pipeline, readPipelines } from "../../lib/amocrm/pipelines.ts";
import type { AmoSettings } from "../../lib/config.ts";
import type { TimeZones } from "../../lib/landing/records/times.ts";
import { parseDay } from "../../lib/script/dates.ts";
import { type Fleet, readFleet } from "./fleet.ts";
import { LOST, type Stage, STAGE_NAMES, WON } from "./stages.ts";

/** Where the rentals of an account live, and what they are about. */
export interface RentalAccount extends Fleet {
  readonly account: Account;
  readonly zones: TimeZones;
  readonly pipeline: Pipeline;
  readonly statusIds: Readonly<Record<Stage, number>>;
  /** Custom fields of leads by STG column. */
  readonly fields: FieldsByColumn;
  readonly carsCatalogId: number;
  readonly clientsCatalogId: number;
}

/**
 * Reads what leads are made of: pipeline, stages, fields, cars and clients.
 *
 * Throws `AmoError` that names what is missing and the loader that makes it.
 */
export async function readRentalAccount(
  client: AmoClient,
  settings: AmoSettings,
  businessTz: string,
  log: Logger,
): Promise<RentalAccount> {
  const account = await readAccount(client);
  const zones = { account: account.timeZone, business: businessTz };
  const pipeline = findByNameOrId(await readPipelines(client), {
    kind: "pipeline",
    nameOrId: settings.pipeline,
    setting: "AMO_PIPELINE",
  });
  const fields = resolveFields(
    "leads",
    await readCustomFields(client, "/api/v4/leads"),
    settings.fieldMap.leads,
    log,
  );
  const catalogs = await readCatalogs(client);
  const cars = findByNameOrId(catalogs, wantedCatalog(settings, "cars"));
  const clients = findByNameOrId(catalogs, wantedCatalog(settings, "clients"));
  return {
    account,
    zones,
    pipeline,
    statusIds: findStatuses(pipeline),
    fields,
    carsCatalogId: cars.id,
    clientsCatalogId: clients.id,
    ...await readFleet(client, settings, { cars: cars.id, clients: clients.id }, zones, log),
  };
}

function findStatuses({ name, statuses }: Pipeline): Readonly<Record<Stage, number>> {
  const missing: string[] = [];
  const find = (stage: Stage): number => {
    const status = statuses.find((one) => fold(one.name) === fold(STAGE_NAMES[stage]));
    if (!status) missing.push(`"${STAGE_NAMES[stage]}"`);
    return status?.id ?? 0;
  };
  const ids = {
    inquiry: find("inquiry"),
    quote: find("quote"),
    deposit: find("deposit"),
    confirmed: find("confirmed"),
    on_rent: find("on_rent"),
    returned: find("returned"),
    // Whatever a pipeline calls them, won and lost are these two.
    closed: WON,
    cancelled: LOST,
  };
  if (missing.length === 0) return ids;
  throw new AmoError(
    `Cannot use the pipeline "${name}": it has no stage ${
      missing.join(", ")
    }, expected all of them: ` +
      "add them in its settings, or name another pipeline in AMO_PIPELINE",
    null,
  );
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}

/** The day of `--date`, or that of the account's clock, in the business time zone. Throws `ConfigError`. */
export function chooseToday(
  text: string | undefined,
  { serverTime }: Account,
  businessTz: string,
): Temporal.PlainDate {
  if (text !== undefined) return parseDay(text, businessTz);
  return serverTime.toZonedDateTimeISO(businessTz).toPlainDate();
}
