import type { Hono } from "hono";
import type { User } from "../account/users.ts";
import { type Place, selfLink } from "../account/links.ts";
import type { World } from "../account/world.ts";
import { listResponse, placeOf, readPage } from "./paging.ts";
import { hal, noContent } from "./problems.ts";

/** The people of the account; somebody who has left is not listed, although records still name him. */
export function addUserRoutes(app: Hono, world: World): void {
  app.get("/api/v4/users", (context) => {
    const page = readPage(new URL(context.req.url));
    const options = { page, switches: world.switches, withTotals: true };
    return listResponse(context, "users", [...world.users.values()], renderUser, options);
  });
  app.get("/api/v4/users/:id{[0-9]+}", (context) => {
    const user = world.users.get(Number(context.req.param("id")));
    return user === undefined ? noContent() : hal(renderUser(user, placeOf(context)));
  });
}

function renderUser({ id, name, email, isAdmin }: User, place: Place): object {
  const all = { view: "A", edit: "A", add: "A", delete: "A", export: "A" };
  return {
    id,
    name,
    email,
    lang: "en",
    rights: {
      leads: all,
      contacts: all,
      companies: all,
      tasks: { edit: "A", delete: "A" },
      mail_access: false,
      catalog_access: true,
      status_rights: null,
      is_admin: isAdmin,
      is_free: false,
      is_active: true,
      group_id: null,
      role_id: null,
    },
    _links: selfLink(place, `users/${id}`),
    _embedded: { roles: [], groups: [] },
  };
}
