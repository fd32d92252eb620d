import assert from "node:assert/strict";
import { hashRow, hashText } from "../../../../lib/landing/records/row_hash.ts";

const HASH = hashRow({ plate: "A 1" }, { id: 7, tags: [{ id: 1, name: "x" }] });

Deno.test("hashRow() does not change with the order of keys, links or the account", () => {
  const same = {
    account_id: 99,
    tags: [{ name: "x", id: 1, _links: { self: { href: "/tags/1?page=3" } } }],
    _links: { self: { href: "/leads/7?page=2" } },
    id: 7,
  };
  assert.equal(hashRow({ plate: "A 1" }, same), HASH);
});

Deno.test("hashRow() is the SHA-256 of canonical JSON", () => {
  assert.equal(HASH, hashText('[{"plate":"A 1"},{"id":7,"tags":[{"id":1,"name":"x"}]}]'));
});

Deno.test("hashRow() changes with a column, a value or the order of a list", () => {
  const others = [
    hashRow({ plate: "A 2" }, { id: 7, tags: [{ id: 1, name: "x" }] }),
    hashRow({ plate: "A 1" }, { id: 7, tags: [{ id: 1, name: "y" }] }),
    hashRow({ plate: "A 1" }, { id: 7, tags: [] }),
    hashRow({ plate: null }, { id: 7, tags: [{ id: 1, name: "x" }] }),
  ];
  assert.equal(new Set([HASH, ...others]).size, 5);
});
