import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonTextError, parseLocatedJson } from "../../../loaders/catalogs/located_json.ts";

Deno.test("parseLocatedJson() knows the line of every value", () => {
  const text = '[\n  { "plate": "A 1",\n    "rate": 99 },\n\n  {\n    "tags": ["x",\n"y"] }\n]';

  const { value, lines } = parseLocatedJson(text);

  assert.deepEqual(value, [{ plate: "A 1", rate: 99 }, { tags: ["x", "y"] }]);
  assert.deepEqual(Object.fromEntries(lines), {
    "": 1,
    "[0]": 2,
    "[0].plate": 2,
    "[0].rate": 3,
    "[1]": 5,
    "[1].tags": 6,
    "[1].tags[0]": 6,
    "[1].tags[1]": 7,
  });
});

Deno.test("parseLocatedJson() counts from the line that it is told", () => {
  assert.equal(parseLocatedJson("{}", 12).lines.get(""), 12);
});

const WRONG: readonly (readonly [string, number, string])[] = [
  ["", 1, "a value"],
  ["[\n1,\n]", 3, "a value"],
  ["[1\n2]", 2, "a comma or ]"],
  ['{"a"\n1}', 2, "a colon"],
  ["{a: 1}", 1, "a name in quotes"],
  ['{"a": nope}', 1, "a value"],
  ['{"a": "open\n}', 1, "a value"],
  ["[1] 2", 1, "nothing after the value"],
  ["[1", 1, "a comma or ]"],
];

for (const [text, line, expected] of WRONG) {
  Deno.test(`parseLocatedJson() refuses ${JSON.stringify(text)} and names the line`, () => {
    assert.throws(() => parseLocatedJson(text), new JsonTextError(line, expected));
  });
}

Deno.test("parseLocatedJson() reads what JSON.stringify writes, pretty or not", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    assert.deepEqual(parseLocatedJson(text).value, JSON.parse(text));
  }));
});

Deno.test("parseLocatedJson() takes and refuses the same texts as JSON.parse", () => {
  const parts = fc.constantFrom(...'{}[]:,"\\ \n\t0-.e1a'.split(""), "true", "null", '"a"', "é");
  fc.assert(
    fc.property(fc.array(parts), (pieces) => {
      const text = pieces.join("");
      const read = (parse: (text: string) => unknown) => {
        try {
          return { value: parse(text) };
        } catch (error) {
          if (error instanceof SyntaxError || error instanceof JsonTextError) return "refused";
          throw error;
        }
      };
      assert.deepEqual(read((one) => parseLocatedJson(one).value), read(JSON.parse));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseLocatedJson() lists names that an object has twice, and numbers as they are written", () => {
  const { repeated, numbers } = parseLocatedJson(
    '[{"a": 1.10,\n"a": 2},\n{"b": {"c": 9.7E+11,\r"c": 784199012345678901}, "a": 12}]',
  );

  assert.deepEqual(repeated, [{ line: 2, path: "[0].a" }, { line: 4, path: "[1].b.c" }]);
  assert.deepEqual(Object.fromEntries(numbers), {
    "[0].a": "1.10",
    "[1].b.c": "784199012345678901",
  });
});
