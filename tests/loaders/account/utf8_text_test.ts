import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeLine, decodeUtf8, NotUtf8Error } from "../../../loaders/account/utf8_text.ts";

Deno.test("decodeUtf8() gives back any text but zero bytes, without a byte order mark", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (given) => {
    const text = given.replaceAll("\0", "").replace(/^\uFEFF+/, "");
    assert.equal(decodeUtf8(new TextEncoder().encode(text)), text);
    assert.equal(decodeUtf8(new TextEncoder().encode(`\uFEFF${text}`)), text);
  }));
});

const REFUSED: readonly (readonly [string, readonly number[], string])[] = [
  ["Windows-1251 on line 2", [0x61, 0x0a, 0xce, 0xeb], "line 2 is in another encoding"],
  ["Latin-1 at the end", [0x43, 0x61, 0x66, 0xe9], "line 1 is in another encoding"],
  ["code page 866", [0x61, 0x0d, 0x0a, 0x0d, 0x0a, 0x8e, 0xab], "line 3 is in another encoding"],
  ["a letter cut in two", [0x61, 0xd0], "line 1 is in another encoding"],
  ["UTF-16 of little end", [0xff, 0xfe, 0x61, 0x00], "it is in UTF-16"],
  ["UTF-16 of big end", [0xfe, 0xff, 0x00, 0x61], "it is in UTF-16"],
  ["UTF-16 without a mark", [0x61, 0x00, 0x62, 0x00], "it holds zero bytes, as UTF-16 does"],
  ["an old workbook", [0xd0, 0xcf, 0x11, 0xe0, 0xa1], "it is a workbook of Excel (.xls)"],
  ["gzip", [0x1f, 0x8b, 0x08], "it is packed (gzip)"],
];

for (const [name, bytes, found] of REFUSED) {
  Deno.test(`decodeUtf8() refuses ${name} and says how to save it`, () => {
    assert.throws(() => decodeUtf8(Uint8Array.from(bytes)), new NotUtf8Error(found));
  });
}

Deno.test("decodeLine() names the line that it is told", () => {
  assert.equal(decodeLine(Uint8Array.of(0xd0, 0x90), 7), "А");
  assert.throws(
    () => decodeLine(Uint8Array.of(0xc0), 7),
    new NotUtf8Error("line 7 is in another encoding"),
  );
});
