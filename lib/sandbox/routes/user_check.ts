import { type ItemError, notSupportedChoice } from "../account/refusals.ts";
import type { World } from "../account/world.ts";

/** The people that a write can name. */
interface PeopleInput {
  readonly created_by?: number | null | undefined;
  readonly updated_by?: number | null | undefined;
  readonly responsible_user_id?: number | null | undefined;
}

/** Adds an error for each user who is not in the account, or not any more; 0 is the API itself. */
export function checkUsers(world: World, input: PeopleInput, errors: ItemError[]): void {
  for (const key of ["created_by", "updated_by"] as const) {
    const id = input[key];
    if (typeof id === "number" && id !== 0 && !world.users.has(id)) {
      errors.push(notSupportedChoice(key));
    }
  }
  const responsible = input.responsible_user_id;
  if (typeof responsible === "number" && !world.users.has(responsible)) {
    errors.push(notSupportedChoice("responsible_user_id"));
  }
}
