import assert from "node:assert/strict";
import { splitStatements } from "../../../pipeline/sql/statements.ts";

Deno.test("splitStatements() takes each line as a query when no line ends with a semicolon", () => {
  assert.deepEqual(splitStatements("select 1\n\n  select 2  \n"), ["select 1", "select 2"]);
});

Deno.test("splitStatements() ends a query at a semicolon at the end of a line", () => {
  assert.deepEqual(splitStatements("select\n  ';' as a;\r\nselect 2; \nselect 3"), [
    "select\n  ';' as a",
    "select 2",
    "select 3",
  ]);
});

Deno.test("splitStatements() finds nothing in an empty text", () => {
  assert.deepEqual(splitStatements(" \n;\n"), []);
});
