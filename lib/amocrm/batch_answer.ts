import { z } from "zod";
import { AmoError } from "./answers.ts";
import { type ItemRefusal, toRefusals, toRequestId } from "./validation.ts";

/** What an answer says of the items of a batch, by their `request_id`: "0" for the first one. */
export interface BatchAnswer {
  /** 0 where an answer gives no id, as for links. */
  readonly ids: ReadonlyMap<string, number>;
  readonly refusals: readonly ItemRefusal[];
}

const entryShape = z.object({
  id: z.int().optional(),
  request_id: z.unknown().optional(),
});

/** Reads the answer to a batch of `count` items. Throws `AmoError` when it has no list of the right name. */
export function readBatchAnswer(
  { path, collection }: { readonly path: string; readonly collection: string },
  count: number,
  body: unknown,
): BatchAnswer {
  const shape = z.object({
    _embedded: z.object({ [collection]: z.array(entryShape), errors: z.unknown().optional() }),
  });
  const parsed = shape.safeParse(body);
  if (!parsed.success) {
    throw new AmoError(
      `Cannot write ${path}: the answer has no list "${collection}", expected one: check AMO_BASE_URL`,
      200,
    );
  }
  const { errors, [collection]: list } = parsed.data._embedded;
  const entries = z.array(entryShape).parse(list);
  const isNumbered = entries.some(({ request_id }) => toRequestId(request_id) !== null);
  // Links come back without request_id: one for each item, in their order.
  const inOrder = !isNumbered && entries.length === count;
  const ids = entries.flatMap(({ id, request_id }, i) => {
    const requestId = inOrder ? String(i) : toRequestId(request_id);
    return requestId === null ? [] : [[requestId, id ?? 0] as const];
  });
  return { ids: new Map(ids), refusals: toRefusals(errors) };
}
