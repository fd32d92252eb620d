import assert from "node:assert/strict";
import { addressOf, cellLink, csvLink, siteLink } from "../../../../lib/dashboard/frame/links.ts";
import { SETTINGS, stateOf } from "../../../support/gallery.tsx";

const view = {
  path: "/money",
  settings: SETTINGS,
  state: stateOf({ lang: "ru", from: "2026-05-01", as_of: "2026-05-03", tab: "pace", page: "2" }),
};

Deno.test("siteLink() keeps the common state in one order, and on its own page everything", () => {
  assert.equal(siteLink(view, "/fleet"), "/fleet?from=2026-05-01&as_of=2026-05-03&lang=ru");
  assert.equal(
    siteLink(view, "/money"),
    "/money?from=2026-05-01&as_of=2026-05-03&lang=ru&tab=pace&page=2",
  );
});

Deno.test("siteLink() sets and removes parameters, and keeps those of its target and its anchor", () => {
  assert.equal(
    siteLink(view, "/fleet?car=5#days", { as_of: null, model: "A&B" }),
    "/fleet?from=2026-05-01&lang=ru&car=5&model=A%26B#days",
  );
});

Deno.test("csvLink() keeps what the page is filtered by, and calls the first page today", () => {
  assert.equal(
    csvLink(view, "days"),
    "/money.csv?from=2026-05-01&as_of=2026-05-03&lang=ru&tab=pace&table=days",
  );
  assert.equal(csvLink({ path: "/", state: stateOf() }, "out"), "/today.csv?table=out");
});

Deno.test("cellLink() gives paths the state and lets only safe addresses through", () => {
  assert.equal(cellLink(view, "/clients"), "/clients?from=2026-05-01&as_of=2026-05-03&lang=ru");
  const lead = "https://example.amocrm.ru/leads/detail/1";
  assert.equal(cellLink(view, lead), lead);
  assert.equal(cellLink(view, "javascript:alert(1)"), null);
  assert.equal(cellLink(view, "//evil.example"), null);
  assert.equal(cellLink(view, null), null);
});

Deno.test("addressOf() needs no state", () => {
  assert.equal(addressOf("/x", {}, "/"), "/");
});
