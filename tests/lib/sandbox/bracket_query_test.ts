import assert from "node:assert/strict";
import {
  at,
  integers,
  isWithin,
  parseBrackets,
  range,
  texts,
} from "../../../lib/sandbox/routes/bracket_query.ts";

Deno.test("parseBrackets() makes a tree of names in brackets and numbers empty ones", () => {
  const tree = parseBrackets("?page=2&filter[id][]=7&filter[id][]=8&filter[a][b][c]=d&page=3");
  assert.equal(at(tree, "page"), "3");
  assert.deepEqual(at(tree, "filter", "id"), new Map([["0", "7"], ["1", "8"]]));
  assert.equal(at(tree, "filter", "a", "b", "c"), "d");
  assert.equal(at(tree, "filter", "a", "x", "c"), undefined);
});

Deno.test("parseBrackets() lets a later structure win over an earlier text", () => {
  assert.deepEqual(at(parseBrackets("a=1&a[from]=2"), "a"), new Map([["from", "2"]]));
});

Deno.test("parseBrackets() lets a later text win over an earlier structure", () => {
  assert.equal(at(parseBrackets("a[from]=2&a=1"), "a"), "1");
});

Deno.test("parseBrackets() keeps a list of 251 ids, numbered or not, and every parameter of a long query", () => {
  const ids = Array.from({ length: 251 }, (_, index) => index + 1);
  const bare = parseBrackets(ids.map((id) => `filter[id][]=${id}`).join("&"));
  assert.deepEqual(integers(at(bare, "filter", "id")), ids);
  const numbered = parseBrackets(ids.map((id, index) => `filter[id][${index}]=${id}`).join("&"));
  assert.deepEqual(integers(at(numbered, "filter", "id")), ids);
  const long = parseBrackets(Array.from({ length: 3000 }, (_, id) => `ID[]=${id}`).join("&"));
  assert.equal(integers(at(long, "ID"))?.length, 3000);
});

Deno.test("parseBrackets() reads encoded brackets, plus signs and a broken escape", () => {
  const tree = parseBrackets("filter%5Bname%5D%5B%5D=A+B&filter%5Bname%5D%5B%5D=%D0%9F&query=%zz");
  assert.deepEqual(texts(at(tree, "filter", "name")), ["A B", "П"]);
  assert.equal(at(tree, "query"), "%zz");
});

Deno.test("texts() reads a scalar, a comma list and items alike", () => {
  assert.deepEqual(texts(at(parseBrackets("a=x"), "a")), ["x"]);
  assert.deepEqual(texts(at(parseBrackets("a=x, y"), "a")), ["x", "y"]);
  assert.deepEqual(texts(at(parseBrackets("a[]=x&a[5]=y"), "a")), ["x", "y"]);
  assert.deepEqual(texts(undefined), []);
});

Deno.test("integers() tells no filter from an empty one", () => {
  assert.equal(integers(undefined), undefined);
  assert.deepEqual(integers("x"), []);
  assert.deepEqual(integers("1,2.5,3"), [1, 3]);
});

Deno.test("range() includes both ends and leaves a missing one open", () => {
  const bounds = range(at(parseBrackets("a[from]=5&a[to]=7"), "a"));
  assert.deepEqual(bounds, { from: 5, to: 7 });
  assert.deepEqual(range(at(parseBrackets("a[to]=7"), "a")), { from: -Infinity, to: 7 });
  assert.equal(range("5"), undefined);
  assert.equal(range(at(parseBrackets("a[from]=x"), "a")), undefined);
  assert.deepEqual([4, 5, 7, 8].map((value) => isWithin(value, { from: 5, to: 7 })), [
    false,
    true,
    true,
    false,
  ]);
});
