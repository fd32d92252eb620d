import type { Context } from "hono";
import { z } from "zod";
import {
  fieldNotExpected,
  invalidType,
  type ItemError,
  notSupportedChoice,
} from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import {
  fieldMissing,
  hal,
  htmlPage,
  type ItemRefusal,
  problem,
  validationProblem,
} from "./problems.ts";
import { Refusal } from "./refusal.ts";
import { parseExpected, type ReadOnlyKeys, unexpectedPaths } from "./unknown_keys.ts";

/** How one kind of item is written. */
export interface BatchWrite<Item, Checked> {
  readonly schema: z.ZodType<Item>;
  /** Checks an item against the account without changing anything; adds what is wrong to `errors`. */
  check(item: Item, errors: ItemError[]): Checked;
  /** Writes a checked item and returns what the answer says of it; undefined: it does not mention it. */
  apply(checked: Checked): object | undefined;
  /** Most items in one request. */
  readonly limit?: number;
  /** What records of this kind are read with and cannot be written with. */
  readonly readOnly?: ReadOnlyKeys;
  /** Answers `request_id` by position when the client sent none, as creations do. */
  readonly numbersItems: boolean;
}

/** What was written, in order, and what was refused (only with the switch `partialWrites`). */
export interface BatchResult {
  readonly written: object[];
  readonly refused: ItemRefusal[];
}

/** The body as JSON; anything else is refused with 400. */
export async function readJson(context: Context): Promise<unknown> {
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new Refusal(problem(400, "Request body is not valid JSON"));
    }
    throw error;
  }
}

/**
 * Checks every item, then writes them; one wrong item refuses the whole batch.
 *
 * That the whole batch fails is not confirmed; `partialWrites` is the other reading.
 */
export function writeBatch<Item, Checked>(
  world: World,
  items: readonly unknown[],
  write: BatchWrite<Item, Checked>,
): BatchResult {
  const { heavyBatch, partialWrites } = world.switches;
  if (heavyBatch !== null && items.length > heavyBatch) throw new Refusal(htmlPage(504));
  const limit = write.limit ?? 250;
  if (items.length === 0 || items.length > limit) {
    throw new Refusal(problem(400, `Expected from 1 to ${limit} items, got ${items.length}`));
  }
  const checked = items.map((item, index) => checkItem(world, item, index, write));
  const refused = checked.flatMap((outcome) => outcome.refusal ?? []);
  if (refused.length > 0 && (!partialWrites || refused.length === items.length)) {
    throw new Refusal(validationProblem(refused));
  }
  const written = checked.flatMap((outcome) => {
    if (outcome.refusal !== undefined) return [];
    const answer = write.apply(outcome.value);
    return answer === undefined ? [] : [{ ...answer, ...outcome.echo }];
  });
  return { written, refused };
}

interface Outcome<Checked> {
  readonly value: Checked;
  readonly echo: { readonly request_id?: string };
  readonly refusal?: undefined;
}

interface RefusedOutcome {
  readonly refusal: ItemRefusal;
}

function checkItem<Item, Checked>(
  world: World,
  raw: unknown,
  index: number,
  write: BatchWrite<Item, Checked>,
): Outcome<Checked> | RefusedOutcome {
  const sent = sentRequestId(raw);
  const requestId = sent ?? String(index);
  const parsed = parseExpected(write.schema, withoutRequestId(raw), world.switches, write.readOnly);
  if (!parsed.success) {
    const errors = parsed.error.issues.flatMap(toItemErrors);
    return { refusal: { request_id: requestId, errors } };
  }
  const errors: ItemError[] = [];
  const value = write.check(parsed.data, errors);
  if (errors.length > 0) return { refusal: { request_id: requestId, errors } };
  const isEchoed = write.numbersItems || sent !== undefined;
  return { value, echo: isEchoed ? { request_id: requestId } : {} };
}

function sentRequestId(raw: unknown): string | undefined {
  if (typeof raw !== "object" || raw === null || !("request_id" in raw)) return undefined;
  const sent = raw.request_id;
  return typeof sent === "string" || typeof sent === "number" ? String(sent) : undefined;
}

/** Every item may carry it, and none keeps it. */
function withoutRequestId(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null || !("request_id" in raw)) return raw;
  const { request_id: _, ...item } = raw;
  return item;
}

/** A finding of the schema in the words of the API. */
function toItemErrors(issue: z.core.$ZodIssue): ItemError[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return unexpectedPaths(issue).map((unexpected) => fieldNotExpected(unexpected.join(".")));
  }
  if (issue.code === "invalid_type") {
    if (issue.message.endsWith("received undefined")) return [fieldMissing(path)];
    return [invalidType(path, issue.expected === "number" ? "int" : String(issue.expected))];
  }
  return [notSupportedChoice(path)];
}

/** The body of a batch as a list; a lone object is refused. */
export function asList(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw new Refusal(problem(400, "Request body should be an array"));
}

/** The body of a request for one item, with the id of the path put in. */
export function asItem(body: unknown, id: number): object {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return { ...body, id };
  throw new Refusal(problem(400, "Request body should be an object"));
}

/** `_embedded.{collection}` around what was written. */
export function batchResponse(
  context: Context,
  collection: string,
  result: BatchResult,
  options: { readonly status?: number; readonly withTotal?: boolean } = {},
): Response {
  const { written, refused } = result;
  return hal({
    ...(options.withTotal ? { _total_items: written.length } : {}),
    _links: { self: { href: context.req.url } },
    _embedded: {
      [collection]: written,
      ...(refused.length > 0 ? { errors: refused } : {}),
    },
  }, options.status);
}
