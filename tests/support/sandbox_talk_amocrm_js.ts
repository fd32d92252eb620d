/** Talks to a sandbox through npm `amocrm-js`: `PORT TOKEN`, prints what it saw as JSON. */
import { Agent, globalAgent } from "node:https";
import { Client } from "amocrm-js";

const [port, bearer = ""] = Deno.args;
// The library knows no ports: all of its requests go to the agent's own.
const agent: Agent & { defaultPort?: number } = globalAgent;
agent.defaultPort = Number(port);
const client = new Client({
  domain: "127.0.0.1",
  auth: {
    client_id: "id",
    client_secret: "secret",
    redirect_uri: "https://rental.example",
    bearer,
  },
});

const account = await client.request.get("/api/v4/account");
const nothing = await client.leads.get({ limit: 2, page: 1 });
const empty = [...nothing].length;
const created = await client.leads.create([{ name: "A" }, { name: "B" }, { name: "C" }]);
const ids = created.map(({ id }) => id);
await client.leads.update([{ id: Number(ids[0]), name: "A2", price: 5 }]);
const lead = await client.leads.getById(Number(ids[1]));
if (lead === null) throw new Error("Expected the second lead");
lead.name = "B2";
await lead.save();
const list = await client.leads.get({ limit: 2 });
const pages = [[...list].map(({ name }) => name)];
while (list.hasNext()) {
  await list.next();
  pages.push([...list].map(({ name }) => name));
}
const refused = await client.request.patch("/api/v4/leads/1", { name: "X" })
  .then(() => "none", (error: Error) => error.message);
console.log(
  JSON.stringify({ account: Object(account.data).id, empty, created: ids, pages, refused }),
);
