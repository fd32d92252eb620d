import { createSandbox, type Sandbox, type SandboxOptions } from "../../lib/sandbox/sandbox.ts";

/** The host that tests call; links in answers repeat it. */
export const ORIGIN = "https://rental.example";

/** When a test's account begins: 1777593600 in unix seconds. */
export const START = "2026-05-01T00:00:00Z";

/** What came back, with JSON parsed; null for an empty body. */
export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** A sandbox in memory and a way to call it with its own token. */
export interface OpenSandbox {
  readonly sandbox: Sandbox;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
}

/** An account of seed 1 whose time stands still unless a test moves it, without a rate limit. */
export function openSandbox(options: SandboxOptions = {}): OpenSandbox {
  const { switches, ...others } = options;
  const sandbox = createSandbox({
    start: START,
    realMs: () => 0,
    ...others,
    switches: { requestsPerSecond: null, ...switches },
  });
  return {
    sandbox,
    call: async (method, path, body) => {
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { authorization: `Bearer ${sandbox.token}` };
      const request = new Request(ORIGIN + path, { method, headers, ...init });
      return await readAnswer(await sandbox.fetch(request));
    },
  };
}

/** Reads a whole answer. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const type = response.headers.get("content-type");
  const body = text === "" ? null : type?.includes("json") ? JSON.parse(text) : text;
  return { status: response.status, type, body };
}

/** The value at a path of an answer: `at(body, "_embedded", "leads", 0, "id")`; undefined where it ends. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.entries(found).find(([name]) => name === String(key))?.[1];
  }
  return found;
}

/** The same for every row of a list in an answer: `each(body, "leads", "id")`. */
export function each(body: unknown, collection: string, key: string): unknown[] {
  const rows = at(body, "_embedded", collection);
  return Array.isArray(rows) ? rows.map((row) => at(row, key)) : [];
}

/** A number out of an answer; throws when it is not there. */
export function idAt(answer: Answer, ...path: readonly (string | number)[]): number {
  const id = at(answer.body, ...path);
  if (typeof id === "number") return id;
  throw new Error(`Expected a number at ${path.join(".")}, got ${JSON.stringify(answer.body)}`);
}

/** Creates leads and returns their ids. */
export async function addLeads(open: OpenSandbox, leads: readonly object[]): Promise<number[]> {
  const { body } = await open.call("POST", "/api/v4/leads", leads);
  return each(body, "leads", "id").map(Number);
}

/** The pipeline of the rental business, as an account is set up with it. */
export const CAR_RENTAL = {
  name: "Car Rental",
  _embedded: {
    statuses: [
      { name: "Inquiry" },
      { name: "Quote Sent" },
      { name: "Deposit Pending" },
      { name: "Confirmed" },
      { name: "On Rent" },
      { name: "Returned" },
      { id: 142, name: "Closed" },
      { id: 143, name: "Cancelled / No-show" },
    ],
  },
} as const;
