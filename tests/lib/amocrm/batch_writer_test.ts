import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type BatchJob,
  type BatchOptions,
  writeInBatches,
} from "../../../lib/amocrm/batch_writer.ts";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import { captureLog } from "../../support/logs.ts";
import { html, serveAnswers } from "../../support/scripted_server.ts";

const { log } = await captureLog();

interface Item {
  readonly name: string;
}

interface Sent {
  readonly name: string;
  readonly request_id: string;
}

const RETRY = { random: () => 0, sleep: () => Promise.resolve() };

function connect(url: string) {
  return createAmoClient({
    baseUrl: url,
    token: "t",
    requestsPerSecond: 100_000,
    log,
    retry: RETRY,
  });
}

function items(count: number): Item[] {
  return Array.from({ length: count }, (_, i) => ({ name: `item ${i}` }));
}

function job(list: readonly Item[], more: Partial<BatchJob<Item>> = {}): BatchJob<Item> {
  return {
    method: "POST",
    path: "/api/v4/leads",
    collection: "leads",
    items: list,
    toBody: ({ name }) => ({ name }),
    describe: ({ name }) => name,
    ...more,
  };
}

/** An account that keeps what is sent to it; `behave` may do otherwise with a batch. */
class Account {
  readonly stored: string[] = [];
  readonly batches: number[] = [];

  constructor(
    readonly behave: (batch: readonly Sent[], number: number, account: Account) => Response | null,
  ) {}

  readonly answer = async (request: Request): Promise<Response> => {
    const batch: Sent[] = await request.json();
    this.batches.push(batch.length);
    return this.behave(batch, this.batches.length, this) ?? this.take(batch);
  };

  take(batch: readonly Sent[]): Response {
    const leads = batch.map(({ name, request_id }) => ({ id: this.store(name), request_id }));
    return Response.json({ _embedded: { leads } });
  }

  store(name: string): number {
    return this.stored.push(name);
  }

  readonly find = (list: readonly Item[]): Promise<ReadonlyMap<Item, number>> => {
    const found = list.map((item) => [item, this.stored.indexOf(item.name) + 1] as const);
    return Promise.resolve(new Map(found.filter(([, id]) => id > 0)));
  };
}

async function write(
  account: Account,
  count: number,
  more: Partial<BatchJob<Item>> = {},
  options: BatchOptions = {},
) {
  await using server = serveAnswers(account.answer);
  const list = items(count);
  const { written, refused } = await writeInBatches(
    connect(server.url),
    job(list, { findWritten: account.find, ...more }),
    { retry: RETRY, ...options },
  );
  return { written: list.map((item) => written.get(item) ?? null), refused };
}

function refuse(names: readonly string[], batch: readonly Sent[]): Response | null {
  const errors = [{ code: "NotSupportedChoice", path: "name", detail: "secret detail" }];
  const refused = batch.filter(({ name }) => names.includes(name))
    .map(({ request_id }) => ({ request_id, errors }));
  if (refused.length === 0) return null;
  return Response.json({ "validation-errors": refused }, { status: 400 });
}

const FAULTS = [{ code: "NotSupportedChoice", path: "name" }];

Deno.test("writeInBatches() sends batches of 50 and gives the ids in which each item is known", async () => {
  const account = new Account(() => null);
  const steps: number[] = [];

  const { written } = await write(account, 120, {}, { onProgress: (count) => steps.push(count) });

  assert.deepEqual(account.batches, [50, 50, 20]);
  assert.deepEqual(written, items(120).map((_, i) => i + 1));
  assert.deepEqual(steps, [50, 50, 20]);
});

Deno.test("writeInBatches() sends nothing when there is nothing", async () => {
  const account = new Account(() => null);
  assert.deepEqual(await write(account, 0), { written: [], refused: [] });
  assert.deepEqual(account.batches, []);
});

Deno.test("writeInBatches() matches answers by request_id, whatever their order", async () => {
  const account = new Account((batch, _, self) => {
    const leads = batch.map(({ name, request_id }) => ({ id: self.store(name), request_id }));
    return Response.json({ _embedded: { leads: leads.reverse() } });
  });
  assert.deepEqual((await write(account, 3)).written, [1, 2, 3]);
});

Deno.test("writeInBatches() takes answers without request_id in their order", async () => {
  const account = new Account((batch) =>
    Response.json({ _embedded: { leads: batch.map(() => ({ entity_id: 1 })) } })
  );
  assert.deepEqual((await write(account, 2)).written, [0, 0]);
});

Deno.test("writeInBatches() leaves out what is refused and sends the others again", async () => {
  const account = new Account((batch) => refuse(["item 1", "item 30"], batch));

  const { written, refused } = await write(account, 60);

  assert.deepEqual(account.batches, [50, 48, 10]);
  assert.deepEqual(refused.map(({ item, faults }) => [item.name, faults]), [
    ["item 1", FAULTS],
    ["item 30", FAULTS],
  ]);
  assert.equal(written.filter((id) => id === null).length, 2);
});

Deno.test("writeInBatches() halves a refused batch until it is clear which item is at fault", async () => {
  const account = new Account((batch) => {
    if (refuse(["item 5"], batch) === null) return null;
    return Response.json({ "validation-errors": [{ errors: FAULTS }] }, { status: 400 });
  });

  const { written, refused } = await write(account, 8);

  assert.deepEqual(account.batches, [8, 4, 4, 2, 1, 1, 2]);
  assert.deepEqual(refused.map(({ item }) => item.name), ["item 5"]);
  assert.equal(written.filter((id) => id !== null).length, 7);
});

Deno.test("writeInBatches() does not double what a refused batch has left behind", async () => {
  const account = new Account((batch, number, self) => {
    const refusal = refuse(["item 0"], batch);
    // Some are taken although the answer is a refusal of all.
    if (refusal && number === 1) self.take(batch.slice(1, 3));
    return refusal;
  });

  await write(account, 4);

  assert.deepEqual(account.stored, ["item 1", "item 2", "item 3"]);
});

Deno.test("writeInBatches() notes refusals that come inside a good answer", async () => {
  const account = new Account((batch, _, self) => {
    const leads = batch.slice(1).map(({ name, request_id }) => ({
      id: self.store(name),
      request_id,
    }));
    return Response.json({ _embedded: { leads, errors: [{ request_id: 0, errors: FAULTS }] } });
  });

  const { written, refused } = await write(account, 3);

  assert.deepEqual(written, [null, 1, 2]);
  assert.deepEqual(refused.map(({ item }) => item.name), ["item 0"]);
  assert.deepEqual(account.batches, [3]);
});

Deno.test("writeInBatches() looks for items of which an answer says nothing, and sends those it misses", async () => {
  const account = new Account((batch, number, self) => {
    if (number > 1) return null;
    self.store("item 1");
    const [first] = batch;
    return Response.json({
      _embedded: { leads: [{ id: self.store("item 0"), request_id: first?.request_id }] },
    });
  });

  const { written } = await write(account, 3);

  assert.deepEqual(account.batches, [3, 1]);
  assert.deepEqual(written, [2, 1, 3]);
});

Deno.test("writeInBatches() halves after a 504, for all batches that follow", async () => {
  const account = new Account((batch) => batch.length > 20 ? html(504) : null);

  const { written } = await write(account, 120);

  assert.deepEqual(account.batches, [50, 25, 13, 12, 13, 12, 13, 13, 13, 13, 13, 5]);
  assert.deepEqual(account.stored, items(120).map(({ name }) => name));
  assert.equal(written.filter((id) => id === null).length, 0);
});

Deno.test("writeInBatches() sends what a lost answer hides no second time", async () => {
  const lost = [
    new Response('{"_embedded":{"lea'),
    html(500),
    html(504),
    new Response("<html>"),
  ];
  for (const answer of lost) {
    const account = new Account((batch, number, self) => {
      if (number !== 2) return null;
      self.take(batch.slice(0, 30));
      return answer;
    });
    const noted: number[] = [];
    const afterBatch = (written: ReadonlyMap<Item, number>) => {
      noted.push(written.size);
      return Promise.resolve();
    };

    const { written } = await write(account, 100, { afterBatch });

    assert.deepEqual(account.stored, items(100).map(({ name }) => name));
    assert.deepEqual(written, items(100).map((_, i) => i + 1));
    assert.equal(noted.reduce((sum, count) => sum + count), 100);
  }
});

Deno.test("writeInBatches() gives up on a batch whose answers are lost time after time", async () => {
  const account = new Account(() => html(500));

  await assert.rejects(write(account, 2), {
    name: "TransientError",
    message: "Cannot write /api/v4/leads: amoCRM answered 500, expected 200: run again later",
  });
  assert.deepEqual(account.batches, [2, 2, 2, 2, 2]);
});

Deno.test("writeInBatches() simply repeats what may be sent twice", async () => {
  let seen = 0;
  const account = new Account(() => ++seen < 3 ? html(500) : null);
  await using server = serveAnswers(account.answer);

  const { written } = await writeInBatches(
    connect(server.url),
    job(items(2), { method: "PATCH" }),
    { retry: RETRY },
  );

  assert.equal(written.size, 2);
  assert.deepEqual(account.batches, [2, 2, 2]);
});

Deno.test("writeInBatches() ends at once at an answer of another shape, or without rights", async () => {
  const odd = new Account(() => Response.json({ _embedded: { contacts: [] } }));
  await assert.rejects(write(odd, 2), {
    name: "AmoError",
    message:
      'Cannot write /api/v4/leads: the answer has no list "leads", expected one: check AMO_BASE_URL',
  });
  const forbidden = new Account(() => Response.json({ title: "Forbidden" }, { status: 403 }));
  await assert.rejects(write(forbidden, 60), { name: "AmoError", status: 403 });
  assert.deepEqual(forbidden.batches, [50]);
});

Deno.test("writeInBatches() writes every item once or refuses it, whatever the account does", async () => {
  const behaviours = fc.array(fc.constantFrom("take", "lose", "drop", "heavy", "partly"), {
    maxLength: 12,
  });
  const refusedNames = fc.uniqueArray(fc.nat(139), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(behaviours, refusedNames, async (plan, wrong) => {
      const wrongNames = wrong.map((i) => `item ${i}`);
      let losses = 0;
      const account = new Account((batch, number, self) => {
        const refusal = refuse(wrongNames, batch);
        if (refusal) return refusal;
        // Five losses of one batch in a row would end the whole work.
        const what = losses < 4 ? plan[number - 1] ?? "take" : "take";
        losses = what === "take" ? 0 : losses + 1;
        if (what === "take") return null;
        if (what === "lose") self.take(batch);
        if (what === "partly") self.take(batch.slice(0, batch.length / 2));
        return html(what === "heavy" ? 504 : 500);
      });

      const { written, refused } = await write(account, 140);

      const good = items(140).map(({ name }) => name).filter((name) => !wrongNames.includes(name));
      assert.deepEqual([...account.stored].sort(), [...good].sort());
      assert.deepEqual(refused.map(({ item }) => item.name).sort(), [...wrongNames].sort());
      assert.equal(written.filter((id) => id !== null).length, good.length);
    }),
    { numRuns: 60 },
  );
});
