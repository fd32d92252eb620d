import { z } from "zod";
import { type Status, STATUS_COLORS } from "../account/pipelines.ts";
import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";

/** A stage as clients send it, alone or with its pipeline. */
export const statusSchema = z.strictObject({
  id: z.int().optional(),
  name: z.string().min(1).optional(),
  sort: z.int().min(0).optional(),
  color: z.string().optional(),
  // The official client numbers the stages of a new pipeline too.
  request_id: z.string().nullish(),
});

export type StatusInput = z.infer<typeof statusSchema>;

/** An ordinary stage; `sort` is where it goes when the client does not say. */
export function newStatus(world: World, input: StatusInput, sort: number): Status {
  return {
    id: world.nextId("status"),
    name: input.name ?? "",
    sort: input.sort ?? sort,
    color: input.color ?? "#fffeb2",
    isEditable: true,
    type: 0,
  };
}

/** Adds an error for a colour off the palette. */
export function checkColor(status: StatusInput, path: string, errors: ItemError[]): void {
  if (status.color === undefined || STATUS_COLORS.includes(status.color)) return;
  errors.push(notSupportedChoice(`${path}color`));
}
