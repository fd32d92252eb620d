/** Talks to a sandbox through npm `@shevernitskiy/amo`: `PORT TOKEN`, prints what it saw as JSON. */
import { Amo } from "@shevernitskiy/amo";

const [port, token = ""] = Deno.args;
const amo = new Amo(`localhost:${port}`, {
  client_id: "id",
  client_secret: "secret",
  redirect_uri: "https://rental.example",
  token_type: "Bearer",
  expires_in: 86_400,
  access_token: token,
  refresh_token: "",
  expires_at: Number.MAX_SAFE_INTEGER,
}, { request_delay: 0 });

/** The message of the error that a promise ends in, without the address that follows the status. */
async function errorOf(answer: Promise<unknown>): Promise<string> {
  return await answer.then(
    () => "none",
    (error: Error) => error.message.replace(/, https:.*/s, ""),
  );
}

const account = await amo.account.getAccount();
const empty = await errorOf(amo.lead.getLeads({ page: 1, limit: 2 }));
const created = await amo.lead.addLeads([{ name: "A" }, { name: "B" }, { name: "C" }]);
const ids = (created._embedded.leads ?? []).map(({ id }) => id);
await amo.lead.updateLeads([{ id: ids[0] ?? 0, name: "A2", price: 5 }]);
await amo.lead.updateLeadById(ids[1] ?? 0, { name: "B2" });
const pages: (string | null)[][] = [];
for (let page = 1; page <= 2; page++) {
  const { _embedded } = await amo.lead.getLeads({
    page,
    limit: 2,
    order: { param: "id", type: "asc" },
  });
  pages.push(_embedded.leads.map(({ name }) => name));
}
const one = await amo.lead.getLeadById(ids[0] ?? 0, { with: ["contacts"] });
const refused = await errorOf(amo.lead.updateLeadById(1, { name: "X" }));
const pipelines = await amo.pipeline.getPipelines();
console.log(JSON.stringify({
  account: account.id,
  empty,
  created: ids,
  pages,
  one: [one.name, one.price, one._embedded?.contacts],
  refused,
  pipelines: pipelines._embedded.pipelines.map(({ name }) => name),
}));
