import assert from "node:assert/strict";
import { z } from "zod";

/** Sends a request to an account: a served one, or the sandbox in this process. */
export type Send = (request: Request) => Promise<Response>;

/** An account as the pipeline expects it, and the ids in it. */
export interface RentalAccount {
  readonly pipelineId: number;
  /** By name: Inquiry, Quote Sent, Confirmed, On Rent, Closed (142), Cancelled (143). */
  readonly statuses: Readonly<Record<string, number>>;
  readonly carsCatalogId: number;
  readonly clientsCatalogId: number;
  /** Field ids by STG column. */
  readonly leadFields: Readonly<Record<string, number>>;
  readonly clientFields: Readonly<Record<string, number>>;
  readonly carFields: Readonly<Record<string, number>>;
  /** POSTs a list below /api/v4 in batches of 250 and returns the new ids. */
  create(path: string, collection: string, items: readonly object[]): Promise<number[]>;
  patch(path: string, items: readonly object[]): Promise<void>;
  /** Moves leads to the trash, as a user does. */
  trash(leadIds: readonly number[]): Promise<void>;
}

const idsShape = z.object({ _embedded: z.record(z.string(), z.array(z.object({ id: z.int() }))) });

const LEAD_FIELDS: Readonly<Record<string, readonly [string, string]>> = {
  model: ["MODEL", "text"],
  plate: ["PLATE", "text"],
  dailyrate: ["DAILYRATE", "text"],
  client_name: ["CLIENT NAME", "text"],
  license: ["LICENSE", "text"],
  rental_start: ["Rental start", "date"],
  rental_end: ["Rental end", "date_time"],
};
const CLIENT_FIELDS: Readonly<Record<string, readonly [string, string]>> = {
  client_name: ["Client name", "text"],
  gender: ["Gender", "text"],
  phone: ["Phone", "text"],
  email: ["Email", "text"],
  nationality: ["Nationality", "text"],
  birth_date: ["Birthdate", "date"],
  license: ["License", "text"],
};
const CAR_FIELDS: Readonly<Record<string, readonly [string, string]>> = {
  model: ["Model", "text"],
  color: ["Color", "text"],
  year: ["Year", "numeric"],
  plate: ["Plate", "text"],
  vin: ["VIN", "text"],
  dailyrate: ["Daily rate", "numeric"],
};
const STAGES = ["Inquiry", "Quote Sent", "Confirmed", "On Rent"];

/** The calls of an account that change it. */
export interface AccountWriter extends Pick<RentalAccount, "create" | "patch" | "trash"> {
  /** Sends a body to a path and returns the JSON of the answer, null when there is none. */
  request(method: string, path: string, body: string, type: string): Promise<unknown>;
}

/** Writes to an account over the API. */
export function createAccountWriter(
  send: Send,
  token: string,
  baseUrl = "http://sandbox.test",
): AccountWriter {
  const request = async (method: string, path: string, body: string, type: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": type,
      "x-requested-with": "XMLHttpRequest",
    };
    const response = await send(new Request(baseUrl + path, { method, headers, body }));
    assert.ok(response.ok, `${method} ${path} answered ${response.status}`);
    return response.status === 204 ? null : await response.json();
  };
  return {
    request,
    async create(path, collection, items) {
      const ids: number[] = [];
      for (let i = 0; i < items.length; i += 250) {
        const batch = JSON.stringify(items.slice(i, i + 250));
        const answer = await request("POST", `/api/v4${path}`, batch, "application/json");
        ids.push(...(idsShape.parse(answer)._embedded[collection] ?? []).map(({ id }) => id));
      }
      return ids;
    },
    async patch(path, items) {
      await request("PATCH", `/api/v4${path}`, JSON.stringify(items), "application/json");
    },
    async trash(leadIds) {
      const form = leadIds.map((id) => `ID[]=${id}`).join("&");
      const path = "/ajax/leads/multiple/delete/";
      await request("POST", path, form, "application/x-www-form-urlencoded");
    },
  };
}

/** Creates pipeline, catalogs and fields over the API. The rate is a text field, so that it can hold "n/a". */
export async function createRentalAccount(
  send: Send,
  token: string,
  baseUrl = "http://sandbox.test",
): Promise<RentalAccount> {
  const { request, create, patch, trash } = createAccountWriter(send, token, baseUrl);
  const [carsCatalogId = 0, clientsCatalogId = 0] = await create("/catalogs", "catalogs", [
    { name: "Cars" },
    { name: "Clients" },
  ]);
  const createFields = async (
    path: string,
    fields: Readonly<Record<string, readonly [string, string]>>,
  ) => {
    const items = Object.values(fields).map(([name, type]) => ({ name, type }));
    const ids = await create(`${path}/custom_fields`, "custom_fields", items);
    return Object.fromEntries(Object.keys(fields).map((column, i) => [column, ids[i] ?? 0]));
  };
  const pipeline = await createPipeline(request, PIPELINE);
  return {
    ...pipeline,
    carsCatalogId,
    clientsCatalogId,
    leadFields: await createFields("/leads", LEAD_FIELDS),
    clientFields: await createFields(`/catalogs/${clientsCatalogId}`, CLIENT_FIELDS),
    carFields: await createFields(`/catalogs/${carsCatalogId}`, CAR_FIELDS),
    create,
    patch,
    trash,
  };
}

const pipelineShape = z.object({
  _embedded: z.object({
    pipelines: z.tuple([z.object({
      id: z.int(),
      _embedded: z.object({ statuses: z.array(z.object({ id: z.int(), name: z.string() })) }),
    })]),
  }),
});

const PIPELINE = {
  name: "Car Rental",
  sort: 20,
  statuses: [
    ...STAGES.map((name, i) => ({ name, sort: 20 + 10 * i, color: "#fffeb2" })),
    { id: 142, name: "Closed" },
    { id: 143, name: "Cancelled" },
  ],
};

/** Creates a pipeline and returns its id, and the ids of its statuses by name. */
export async function createPipeline(
  request: (method: string, path: string, body: string, type: string) => Promise<unknown>,
  { name, sort, statuses }: {
    readonly name: string;
    readonly sort: number;
    readonly statuses: readonly object[];
  },
) {
  const body = [{ name, sort, is_main: false, is_unsorted_on: false, _embedded: { statuses } }];
  const path = "/api/v4/leads/pipelines";
  const answer = await request("POST", path, JSON.stringify(body), "application/json");
  const [pipeline] = pipelineShape.parse(answer)._embedded.pipelines;
  return {
    pipelineId: pipeline.id,
    statuses: Object.fromEntries(pipeline._embedded.statuses.map(({ id, name }) => [name, id])),
  };
}

/** `custom_fields_values` to write: field id to value. */
export function fieldValues(values: readonly (readonly [number | undefined, unknown])[]) {
  return values.map(([field_id, value]) => ({ field_id, values: [{ value }] }));
}
