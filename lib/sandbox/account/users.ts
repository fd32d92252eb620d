import type { NextId } from "./ids.ts";

/** Somebody who works in the account. */
export interface User {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly isAdmin: boolean;
}

/** People by id. Who has left is gone from here, although records go on naming him. */
export type UserStore = Map<number, User>;

const FIRST_USERS = [
  { name: "Sandbox Administrator", email: "admin@example.com", isAdmin: true },
  { name: "Mara Manager", email: "mara@example.com", isAdmin: false },
  { name: "Omar Manager", email: "omar@example.com", isAdmin: false },
] as const;

/** The people of a fresh account: an administrator, who comes first, and two managers. */
export function createUserStore(nextId: NextId): UserStore {
  return new Map(FIRST_USERS.map((user) => {
    const id = nextId("user");
    return [id, { id, ...user }];
  }));
}

/** Takes somebody on. */
export function addUser(
  world: { readonly nextId: NextId; readonly users: UserStore },
  person: { readonly name: string; readonly email: string },
): User {
  const user = { id: world.nextId("user"), ...person, isAdmin: false };
  world.users.set(user.id, user);
  return user;
}
