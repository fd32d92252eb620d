import assert from "node:assert/strict";
import fc from "fast-check";
import { fillTemplate } from "../../../../pipeline/scheduler/alerts/template.ts";

Deno.test("fillTemplate() puts the text into every string that has a place for it", () => {
  assert.deepEqual(
    fillTemplate(
      '{"chat_id":-1001234567890,"text":"{text}","silent":true,"rest":null,"blocks":[{"t":"Rental: {text}!"}]}',
      "a text",
    ),
    {
      chat_id: -1001234567890,
      text: "a text",
      silent: true,
      rest: null,
      blocks: [{ t: "Rental: a text!" }],
    },
  );
});

Deno.test("fillTemplate() takes the text as it is: quotes, lines, dollars, emoji, a place", () => {
  const text = 'He said "no"\n\tC:\\temp $& $1 {text} 🚗 \u2028';
  assert.deepEqual(fillTemplate('{"text":"{text}"}', text), { text });
  assert.deepEqual(fillTemplate('["{text}{text}"]', text), [text + text]);
  assert.deepEqual(fillTemplate('"{text}"', text), text);
});

Deno.test("fillTemplate() gives valid JSON with any text", () => {
  const pieces = ["a", '"', "\\", "\n", "\u0000", "$&", "{text}", "🚗", "\u2028", '","x":"'];
  const texts = fc.array(fc.constantFrom(...pieces)).map((all) => all.join(""));
  fc.assert(fc.property(texts, (text) => {
    const sent = JSON.stringify(fillTemplate('{"a":{"b":["{text}"]}}', text));
    assert.deepEqual(JSON.parse(sent), { a: { b: [text] } });
  }));
});
