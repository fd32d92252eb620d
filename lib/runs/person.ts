import { userInfo } from "node:os";

/** Whoever runs this program, for notes about what a person decided: "omar on etl-1". */
export function describePerson(): string {
  return `${readUserName()} on ${Deno.hostname()}`;
}

function readUserName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // In a container the user may have a number and no name.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return `user ${Deno.uid()}`;
  }
}
