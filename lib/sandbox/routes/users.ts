import type { Hono } from "hono";
import { type Place, selfLink } from "../account/links.ts";
import type { World } from "../account/world.ts";
import { listResponse, placeOf, readPage } from "./paging.ts";
import { hal, noContent } from "./problems.ts";

/** The one user, an administrator. */
export function addUserRoutes(app: Hono, world: World): void {
  const { userId } = world.account;
  const render = (id: number, place: Place) => renderUser(id, place);
  app.get("/api/v4/users", (context) => {
    const page = readPage(new URL(context.req.url));
    const options = { page, switches: world.switches, withTotals: true };
    return listResponse(context, "users", [userId], render, options);
  });
  app.get("/api/v4/users/:id{[0-9]+}", (context) => {
    if (Number(context.req.param("id")) !== userId) return noContent();
    return hal(renderUser(userId, placeOf(context)));
  });
}

function renderUser(id: number, place: Place): object {
  const all = { view: "A", edit: "A", add: "A", delete: "A", export: "A" };
  return {
    id,
    name: "Sandbox Administrator",
    email: "admin@example.com",
    lang: "en",
    rights: {
      leads: all,
      contacts: all,
      companies: all,
      tasks: { edit: "A", delete: "A" },
      mail_access: false,
      catalog_access: true,
      status_rights: null,
      is_admin: true,
      is_free: false,
      is_active: true,
      group_id: null,
      role_id: null,
    },
    _links: selfLink(place, `users/${id}`),
    _embedded: { roles: [], groups: [] },
  };
}
