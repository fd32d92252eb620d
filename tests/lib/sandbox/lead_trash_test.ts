import assert from "node:assert/strict";
import {
  addLeads,
  type Answer,
  each,
  type OpenSandbox,
  openSandbox,
  ORIGIN,
  readAnswer,
} from "../../support/sandbox_calls.ts";

const AJAX = { "x-requested-with": "XMLHttpRequest" };

async function sendForm(
  { sandbox }: OpenSandbox,
  path: string,
  form: string,
  headers: Record<string, string> = AJAX,
): Promise<Answer> {
  return await readAnswer(
    await sandbox.fetch(
      new Request(ORIGIN + path, {
        method: "POST",
        headers: {
          authorization: `Bearer ${sandbox.token}`,
          "content-type": "application/x-www-form-urlencoded",
          ...headers,
        },
        body: form,
      }),
    ),
  );
}

async function deleteLeads(open: OpenSandbox, ids: readonly number[]): Promise<Answer> {
  const form = ids.map((id) => `ID[]=${id}`).join("&");
  return await sendForm(open, "/ajax/leads/multiple/delete/", form);
}

const REFUSED = {
  status: "fail",
  errors: ["Недостаточно прав для удаления сделки"],
  message: "Недостаточно прав для удаления",
};

Deno.test("the ajax route trashes leads and says fail with status 200 on a repeat", async () => {
  const open = openSandbox();
  const [first = 0, second = 0, third = 0] = await addLeads(open, [{}, {}, {}]);
  assert.deepEqual((await deleteLeads(open, [first])).body, {
    status: "success",
    message: "Удаление прошло успешно для 1 сделки",
  });
  assert.deepEqual((await deleteLeads(open, [second, third])).body, {
    status: "success",
    message: "Удаление прошло успешно для 2 сделок",
  });
  const repeat = await deleteLeads(open, [first]);
  assert.deepEqual([repeat.status, repeat.body], [200, REFUSED]);
});

Deno.test("the ajax route refuses without its header and where the account forbids it", async () => {
  const open = openSandbox();
  const [id = 0] = await addLeads(open, [{}]);
  const bare = await sendForm(open, "/ajax/leads/multiple/delete/", `ID[]=${id}`, {});
  assert.deepEqual(bare.body, REFUSED);
  open.sandbox.setSwitches({ ajaxDelete: false });
  assert.deepEqual((await deleteLeads(open, [id])).body, REFUSED);
  assert.equal((await open.call("GET", `/api/v4/leads/${id}`)).status, 200);
});

Deno.test("a trashed lead leaves list, filter and look-up and is hollow in the trash", async () => {
  const open = openSandbox();
  const [id = 0, other = 0] = await addLeads(open, [{ name: "A", price: 5 }, { name: "B" }]);
  open.sandbox.clock.advance({ minutes: 5 });
  await deleteLeads(open, [id]);
  const list = await open.call("GET", "/api/v4/leads");
  assert.deepEqual(each(list.body, "leads", "id"), [other]);
  assert.equal((await open.call("GET", `/api/v4/leads?filter[id]=${id}`)).status, 204);
  assert.equal((await open.call("GET", `/api/v4/leads/${id}`)).status, 204);
  const trash = await open.call("GET", `/api/v4/leads?with=only_deleted&filter[id][]=${id}`);
  assert.deepEqual(trash.body, {
    _page: 1,
    _links: {
      self: {
        href:
          `${ORIGIN}/api/v4/leads?with=only_deleted&filter%5Bid%5D%5B%5D=38004285&page=1&limit=50`,
      },
    },
    _embedded: {
      leads: [{
        id: 38004285,
        name: null,
        price: null,
        responsible_user_id: null,
        group_id: null,
        status_id: null,
        pipeline_id: null,
        loss_reason_id: null,
        created_by: null,
        updated_by: 10006346,
        created_at: null,
        updated_at: 1777593900,
        closed_at: null,
        closest_task_at: null,
        is_deleted: true,
        custom_fields_values: null,
        score: null,
        account_id: 31000783,
        labor_cost: null,
        is_price_computed: null,
        price_with_minor_units: null,
        _links: { self: { href: `${ORIGIN}/api/v4/leads/38004285?page=1&limit=50` } },
      }],
    },
  });
});

Deno.test("a deletion leaves updated_at alone with the switch off", async () => {
  const open = openSandbox({ switches: { deleteTouchesUpdatedAt: false } });
  const [id = 0] = await addLeads(open, [{ updated_at: 1700000000 }]);
  await deleteLeads(open, [id]);
  const { body } = await open.call("GET", "/api/v4/leads?with=only_deleted");
  assert.deepEqual(each(body, "leads", "updated_at"), [1700000000]);
});

Deno.test("the trash forgets leads after its days", async () => {
  const open = openSandbox();
  const [id = 0] = await addLeads(open, [{}]);
  await deleteLeads(open, [id]);
  open.sandbox.clock.advance({ days: 30 });
  assert.equal((await open.call("GET", "/api/v4/leads?with=only_deleted")).status, 200);
  open.sandbox.clock.advance({ seconds: 1 });
  assert.equal((await open.call("GET", "/api/v4/leads?with=only_deleted")).status, 204);
});

Deno.test("PATCH /leads refuses a trashed lead", async () => {
  const open = openSandbox();
  const [id = 0] = await addLeads(open, [{}]);
  await deleteLeads(open, [id]);
  assert.equal((await open.call("PATCH", `/api/v4/leads/${id}`, { name: "B" })).status, 400);
});

Deno.test("v4 deletes neither leads nor catalogs nor elements", async () => {
  const { call } = openSandbox();
  for (const path of ["leads/1", "leads", "catalogs/1", "catalogs/1/elements/2"]) {
    assert.deepEqual(await call("DELETE", `/api/v4/${path}`), {
      status: 405,
      type: null,
      body: null,
    });
  }
});

Deno.test("the ajax routes for elements and catalogs name what went and what was not there", async () => {
  const open = openSandbox();
  const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const [catalog] = each(catalogs.body, "catalogs", "id");
  const path = `/api/v4/catalogs/${catalog}/elements`;
  const created = await open.call("POST", path, [{ name: "Car 1" }, { name: "Car 2" }]);
  const [first] = each(created.body, "elements", "id");
  const form = `request[catalog_elements][delete][]=${first}&request[catalog_elements][delete][]=5`;
  const answer = await sendForm(open, "/ajax/v1/catalog_elements/set/", form);
  assert.deepEqual(answer.body, {
    response: {
      catalog_elements: {
        delete: {
          catalog_elements: { [String(first)]: { id: first } },
          errors: [{ id: 5, code: 404, message: "Not found" }],
        },
      },
      server_time: 1777593600,
    },
  });
  assert.deepEqual(each((await open.call("GET", path)).body, "elements", "name"), ["Car 2"]);
  open.sandbox.setSwitches({ showDeletedElements: true });
  assert.deepEqual(each((await open.call("GET", path)).body, "elements", "is_deleted"), [
    true,
    null,
  ]);
  const list = await sendForm(
    open,
    "/ajax/v1/catalogs/set/",
    `request[catalogs][delete][]=${catalog}`,
  );
  assert.deepEqual([list.status, list.type], [500, "text/html"]);
  await sendForm(open, "/ajax/v1/catalogs/set/", `request[catalogs][delete]=${catalog}`);
  assert.equal((await open.call("GET", path)).status, 404);
});
