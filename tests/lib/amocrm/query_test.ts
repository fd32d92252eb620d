import assert from "node:assert/strict";
import { encodeQuery } from "../../../lib/amocrm/query.ts";

Deno.test("encodeQuery() writes brackets, lists with [], and leaves out what is undefined", () => {
  const query = {
    filter: { created_at: { from: undefined, to: 2 }, pipeline_id: [7, 8], name: "A & B=C" },
    order: { id: "asc" },
    limit: 250,
  };
  assert.equal(
    decodeURIComponent(encodeQuery(query).replaceAll("%26", "(and)").replaceAll("%3D", "(is)")),
    "filter[created_at][to]=2&filter[pipeline_id][]=7&filter[pipeline_id][]=8&filter[name]=A (and) B(is)C" +
      "&order[id]=asc&limit=250",
  );
});

Deno.test("encodeQuery() writes nothing for an empty query", () => {
  assert.equal(encodeQuery({ filter: {} }), "");
});
