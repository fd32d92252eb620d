import assert from "node:assert/strict";
import fc from "fast-check";
import { CsvTextError, parseCsv } from "../../../loaders/catalogs/csv_rows.ts";

Deno.test("parseCsv() gives cells with the line on which their row begins", () => {
  const text = 'plate,model\r\nA 1,Sunny\r\n\r\n"B ""2""","Kia,\nPegas"\nC 3,\n';
  assert.deepEqual(parseCsv(text), [
    { line: 1, cells: ["plate", "model"] },
    { line: 2, cells: ["A 1", "Sunny"] },
    { line: 4, cells: ['B "2"', "Kia,\nPegas"] },
    { line: 6, cells: ["C 3", ""] },
  ]);
});

Deno.test("parseCsv() takes semicolons and tabs where the first line has them", () => {
  assert.deepEqual(parseCsv("a;b\n1,5;2").map(({ cells }) => cells), [["a", "b"], ["1,5", "2"]]);
  assert.deepEqual(parseCsv("a\tb\n1\t2").map(({ cells }) => cells), [["a", "b"], ["1", "2"]]);
});

Deno.test("parseCsv() names the line of a quote that is not closed or stands inside a cell", () => {
  assert.throws(() => parseCsv('a,b\n1,"2\n3'), new CsvTextError(2));
  assert.throws(() => parseCsv('a,b\n1,2"3"'), new CsvTextError(2));
  assert.throws(() => parseCsv('a\n"1"2'), {
    message:
      'line 2: a quote stands inside a cell or is never closed, expected cells like "a ""b"" c"',
  });
});

Deno.test("parseCsv() gives back any cells that were written by the rules", () => {
  const rowsOf = (width: number) =>
    fc.array(fc.array(fc.string(), { minLength: width, maxLength: width }), { minLength: 1 });
  fc.assert(fc.property(fc.integer({ min: 2, max: 5 }).chain(rowsOf), (rows) => {
    const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    const named = [rows[0]?.map((_, i) => `column ${i}`) ?? [], ...rows];
    const text = named.map((row) => row.map(quote).join(",")).join("\n");

    const found = parseCsv(text).map(({ cells }) => cells);

    assert.deepEqual(found, named.filter((row) => row.some((cell) => cell !== "")));
  }));
});

Deno.test("parseCsv() gives the same rows whatever separator, line ends and first line a program writes", () => {
  const cell = fc.string().map((text) => text.replaceAll(/[\r\n]/g, ""));
  const rowsOf = (width: number) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 });
  const style = fc.record({
    separator: fc.constantFrom(",", ";", "\t", "|"),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    isTold: fc.boolean(),
    endsInLineEnd: fc.boolean(),
  });
  fc.assert(fc.property(fc.integer({ min: 2, max: 5 }).chain(rowsOf), style, (rows, how) => {
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const named = [rows[0]?.map((_, i) => `a, b; c | ${i}`) ?? [], ...rows];
    const lines = [
      ...(how.isTold ? [`sep=${how.separator}`] : []),
      ...named.map((row) => row.map(quote).join(how.separator)),
    ];
    const text = lines.join(how.lineEnd) + (how.endsInLineEnd ? how.lineEnd : "");

    const found = parseCsv(text);

    const first = how.isTold ? 2 : 1;
    assert.deepEqual(
      found,
      named.map((cells, i) => ({ line: first + i, cells }))
        .filter(({ cells }) => cells.some((one) => one !== "")),
    );
  }));
});

Deno.test("parseCsv() counts the line of Excel's separator", () => {
  assert.deepEqual(parseCsv('sep=|\r\na|b\r\n1|"2\r\n3"\r\n4|5'), [
    { line: 2, cells: ["a", "b"] },
    { line: 3, cells: ["1", "2\r\n3"] },
    { line: 5, cells: ["4", "5"] },
  ]);
  assert.throws(() => parseCsv('"sep=;"\na;b\n1;"2'), new CsvTextError(3));
});
