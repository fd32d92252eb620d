import assert from "node:assert/strict";
import { safeHref } from "../../../../lib/dashboard/page/safe_href.ts";

const AMO = "http://127.0.0.1:8787";

Deno.test("safeHref() lets paths of the site, https and http of the account through", () => {
  const addresses = [
    "/",
    "/history/lead/12?as_of=2026-05-03#top",
    "?lang=ru",
    "#content",
    "https://mycompany.amocrm.ru/leads/detail/12",
    "http://127.0.0.1:8787/leads/detail/12",
  ];
  assert.deepEqual(addresses.map((address) => safeHref(address, AMO)), addresses);
});

Deno.test("safeHref() makes no link of anything else", () => {
  const addresses = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "\u0001javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "mailto:a@example.com",
    "file:///etc/passwd",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "http://evil.example/",
    "http://127.0.0.1:8788/",
    "https://user:word@mycompany.amocrm.ru/",
    "leads/12",
    "",
  ];
  assert.deepEqual(addresses.filter((address) => safeHref(address, AMO) !== null), []);
  assert.equal(safeHref(null, AMO), null);
  assert.equal(safeHref("http://127.0.0.1:8787/", null), null);
});
