import assert from "node:assert/strict";
import { formatTable } from "../../../lib/log/text_table.ts";

Deno.test("formatTable() aligns columns, numbers to the right, and cuts what is too long", () => {
  const columns = [
    { heading: "name", maxWidth: 8 },
    { heading: "leads", isNumber: true },
    { heading: "decision" },
  ];
  assert.deepEqual(formatTable(columns, [["Старое поле", "12", "keep"], ["😀", "1,000", ""]]), [
    "name      leads  decision",
    "Старое …     12  keep",
    "😀         1,000",
  ]);
});
