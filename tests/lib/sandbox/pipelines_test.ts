import assert from "node:assert/strict";
import {
  addLeads,
  at,
  CAR_RENTAL,
  each,
  openSandbox,
  ORIGIN,
} from "../../support/sandbox_calls.ts";

const PATH = "/api/v4/leads/pipelines";

/** Status as [id, name, sort, type, is_editable]. */
function outline(body: unknown, ...path: (string | number)[]): unknown[] {
  const statuses = at(body, ...path, "_embedded", "statuses");
  if (!Array.isArray(statuses)) return [];
  return statuses.map((status) =>
    ["id", "name", "sort", "type", "is_editable"].map((key) => at(status, key))
  );
}

Deno.test("GET /leads/pipelines ignores page and limit", async () => {
  const { call } = openSandbox();
  await call("POST", PATH, [CAR_RENTAL]);
  for (const query of ["", "?page=1&limit=1", "?page=40&limit=1"]) {
    const { body } = await call("GET", PATH + query);
    assert.deepEqual(each(body, "pipelines", "name"), ["Воронка", "Car Rental"]);
    assert.equal(at(body, "_total_items"), 2);
    assert.deepEqual(at(body, "_links"), { self: { href: ORIGIN + PATH } });
  }
});

Deno.test("POST /leads/pipelines creates the rental stages and renames won and lost", async () => {
  const { call } = openSandbox();
  const answer = await call("POST", PATH, [CAR_RENTAL]);
  assert.equal(answer.status, 200);
  assert.deepEqual(outline(answer.body, "_embedded", "pipelines", 0), [
    [59006826, "Неразобранное", 10, 1, false],
    [59006815, "Inquiry", 20, 0, true],
    [59006817, "Quote Sent", 30, 0, true],
    [59006820, "Deposit Pending", 40, 0, true],
    [59006821, "Confirmed", 50, 0, true],
    [59006824, "On Rent", 60, 0, true],
    [59006825, "Returned", 70, 0, true],
    [142, "Closed", 10000, 0, false],
    [143, "Cancelled / No-show", 11000, 0, false],
  ]);
  const { _embedded: _, ...pipeline } = Object(at(answer.body, "_embedded", "pipelines", 0));
  assert.deepEqual(pipeline, {
    id: 7001064,
    name: "Car Rental",
    sort: 2,
    is_main: false,
    is_unsorted_on: true,
    is_archive: false,
    account_id: 31000783,
    _links: { self: { href: `${ORIGIN}${PATH}/7001064` } },
    request_id: "0",
  });
  // The names of the other pipeline's 142 and 143 stay.
  const first = await call("GET", `${PATH}/7001061`);
  assert.deepEqual(outline(first.body).slice(-2), [
    [142, "Успешно реализовано", 10000, 0, false],
    [143, "Закрыто и не реализовано", 11000, 0, false],
  ]);
});

Deno.test("POST /leads/pipelines refuses a bare name, a colour off the palette and a foreign status", async () => {
  const { call } = openSandbox();
  const { body } = await call("POST", PATH, [
    { name: "Bare" },
    {
      name: "Odd",
      _embedded: { statuses: [{ name: "A", color: "#123456" }, { id: 7, name: "B" }] },
    },
  ]);
  const paths = [0, 1].map((index) => {
    const errors = at(body, "validation-errors", index, "errors");
    return Array.isArray(errors)
      ? errors.map((error) => [at(error, "code"), at(error, "path")])
      : [];
  });
  assert.deepEqual(paths, [
    [["FieldMissing", "_embedded.statuses"]],
    [
      ["NotSupportedChoice", "_embedded.statuses.0.color"],
      ["NotSupportedChoice", "_embedded.statuses.1.id"],
    ],
  ]);
});

Deno.test("PATCH and DELETE of pipelines rename, archive, and protect leads and the last one", async () => {
  const open = openSandbox();
  await open.call("POST", PATH, [CAR_RENTAL]);
  const patched = await open.call("PATCH", `${PATH}/7001064`, {
    name: "Cars",
    is_archive: true,
    is_main: true,
  });
  assert.deepEqual(
    ["name", "is_archive", "is_main"].map((key) => at(patched.body, key)),
    ["Cars", true, true],
  );
  assert.equal(at((await open.call("GET", `${PATH}/7001061`)).body, "is_main"), false);
  await addLeads(open, [{ pipeline_id: 7001064 }]);
  const full = await open.call("DELETE", `${PATH}/7001064`);
  assert.deepEqual([full.status, at(full.body, "detail")], [
    422,
    "Only pipelines without leads can be deleted",
  ]);
  assert.equal((await open.call("DELETE", `${PATH}/7001061`)).status, 204);
  const again = await open.call("DELETE", `${PATH}/7001061`);
  assert.equal(again.status, 400);
  assert.deepEqual(at(again.body, "validation-errors"), [{
    request_id: "0",
    errors: [{
      code: "NotSupportedChoice",
      path: "id",
      detail: "The value you selected is not a valid choice.",
    }],
  }]);
});

Deno.test("the statuses of a pipeline are listed, added, renamed and deleted", async () => {
  const open = openSandbox();
  const path = `${PATH}/7001061/statuses`;
  const created = await open.call("POST", path, [{ name: "Late", color: "#98cbff" }]);
  assert.deepEqual(at(created.body, "_embedded", "statuses", 0), {
    id: 59006815,
    name: "Late",
    sort: 60,
    is_editable: true,
    pipeline_id: 7001061,
    color: "#98cbff",
    type: 0,
    account_id: 31000783,
    _links: { self: { href: `${ORIGIN}${path}/59006815` } },
    request_id: "0",
  });
  await open.call("PATCH", `${path}/142`, { name: "Closed", sort: 1, color: "#98cbff" });
  const won = (await open.call("GET", `${path}/142`)).body;
  assert.deepEqual(["name", "sort", "color"].map((key) => at(won, key)), [
    "Closed",
    10000,
    "#CCFF66",
  ]);
  assert.equal((await open.call("DELETE", `${path}/59006815`)).status, 204);
  assert.equal((await open.call("DELETE", `${path}/142`)).status, 400);
  const list = await open.call("GET", path);
  assert.deepEqual(each(list.body, "statuses", "name"), [
    "Неразобранное",
    "Первичный контакт",
    "Переговоры",
    "Принимают решение",
    "Согласование договора",
    "Closed",
    "Закрыто и не реализовано",
  ]);
  assert.equal((await open.call("GET", `${path}/5`)).status, 404);
});
