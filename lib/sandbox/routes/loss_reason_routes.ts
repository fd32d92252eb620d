import type { Hono } from "hono";
import { z } from "zod";
import { type Place, selfLink } from "../account/links.ts";
import type { LossReason } from "../account/loss_reasons.ts";
import type { World } from "../account/world.ts";
import { asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { listResponse, placeOf, readPage } from "./paging.ts";
import { hal, noContent } from "./problems.ts";

const PATH = "/api/v4/leads/loss_reasons";
const reasonSchema = z.strictObject({ name: z.string().min(1), sort: z.int().optional() });

type ReasonInput = z.infer<typeof reasonSchema>;

/** Reasons for which leads are lost. */
export function addLossReasonRoutes(app: Hono, world: World): void {
  app.get(PATH, (context) => {
    const options = { page: readPage(new URL(context.req.url)), switches: world.switches };
    const rows = [...world.lossReasons.values()];
    return listResponse(context, "loss_reasons", rows, renderReason, options);
  });
  app.get(`${PATH}/:id{[0-9]+}`, (context) => {
    const reason = world.lossReasons.get(Number(context.req.param("id")));
    return reason === undefined ? noContent() : hal(renderReason(reason, placeOf(context)));
  });
  app.post(PATH, async (context) => {
    const items = asList(await readJson(context));
    const result = writeBatch(world, items, reasonCreation(world, placeOf(context)));
    return batchResponse(context, "loss_reasons", result, { withTotal: true });
  });
}

function reasonCreation(world: World, place: Place): BatchWrite<ReasonInput, ReasonInput> {
  return {
    schema: reasonSchema,
    numbersItems: true,
    check: (input) => input,
    apply(input) {
      const now = world.clock.seconds();
      const reason: LossReason = {
        id: world.nextId("lossReason"),
        name: input.name,
        sort: input.sort ?? (world.lossReasons.size + 1) * 10,
        createdAt: now,
        updatedAt: now,
      };
      world.lossReasons.set(reason.id, reason);
      return renderReason(reason, place);
    },
  };
}

function renderReason(reason: LossReason, place: Place): object {
  const { id, name, sort, createdAt, updatedAt } = reason;
  const _links = selfLink(place, `leads/loss_reasons/${id}`);
  return { id, name, sort, created_at: createdAt, updated_at: updatedAt, _links };
}
