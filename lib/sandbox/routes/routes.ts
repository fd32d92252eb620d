import { Hono } from "hono";
import { addAccountRoutes } from "./account.ts";
import { addCatalogRoutes } from "./catalogs.ts";
import { addCatalogTrashRoutes } from "./catalog_trash.ts";
import { addContactRoutes } from "./contacts.ts";
import { addElementRoutes } from "./elements.ts";
import { addEventRoutes } from "./event_routes.ts";
import { addFieldRoutes } from "./field_routes.ts";
import { addLeadRoutes } from "./leads.ts";
import { addComplexRoute } from "./leads_complex.ts";
import { addLeadTrashRoutes } from "./lead_trash.ts";
import { addLinkRoutes } from "./links.ts";
import { addLossReasonRoutes } from "./loss_reason_routes.ts";
import { addPipelineRoutes } from "./pipeline_routes.ts";
import { htmlPage, problem } from "./problems.ts";
import { Refusal } from "./refusal.ts";
import { addStatusRoutes } from "./status_routes.ts";
import { addTagRoutes } from "./tag_routes.ts";
import { addUserRoutes } from "./users.ts";
import type { World } from "../account/world.ts";

/** Everything below `/api/v4/` and `/ajax/`, for a caller whose token is good. */
export function createRoutes(world: World): Hono {
  const app = new Hono();
  addAccountRoutes(app, world);
  addLeadRoutes(app, world);
  addComplexRoute(app, world);
  for (const type of ["leads", "contacts", "companies"] as const) {
    addLinkRoutes(app, world, type);
    addTagRoutes(app, world, type);
  }
  addLeadTrashRoutes(app, world);
  addPipelineRoutes(app, world);
  addStatusRoutes(app, world);
  addLossReasonRoutes(app, world);
  addFieldRoutes(app, world);
  addContactRoutes(app, world, "contacts");
  addContactRoutes(app, world, "companies");
  addCatalogRoutes(app, world);
  addElementRoutes(app, world);
  addCatalogTrashRoutes(app, world);
  addEventRoutes(app, world);
  addUserRoutes(app, world);
  addDeadEnds(app);
  app.onError((error) => {
    if (error instanceof Refusal) return error.response;
    throw error;
  });
  return app;
}

/** What has no route: deletions that amoCRM does not offer, and addresses that do not exist. */
function addDeadEnds(app: Hono): void {
  const refuse = () => new Response(null, { status: 405 });
  app.delete("/api/v4/leads/:id?", refuse);
  app.delete("/api/v4/catalogs/:id?", refuse);
  app.delete("/api/v4/catalogs/:id/elements/:element?", refuse);
  app.notFound((context) => {
    const { method, url, path } = context.req;
    return path.startsWith("/api/") ? problem(404, `Cannot ${method} ${url}!`) : htmlPage(404);
  });
}
