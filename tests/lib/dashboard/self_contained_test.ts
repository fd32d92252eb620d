import assert from "node:assert/strict";
import { toPart } from "../../../lib/dashboard/self_contained.ts";

Deno.test("toPart() gives ids and what refers to them a prefix", () => {
  assert.equal(
    toPart(
      '<figure id="adr" aria-labelledby="adr-caption hint"><a href="#adr">x</a>' +
        '<rect fill="url(#hatch)"></rect><input id="n"><label for="n">N</label></figure>',
      "money",
    ),
    '<figure id="money-adr" aria-labelledby="money-adr-caption money-hint"><a href="#money-adr">x</a>' +
      '<rect fill="url(#money-hatch)"></rect><input id="money-n"><label for="money-n">N</label></figure>',
  );
});

Deno.test("toPart() takes away forms and links to the site, and leaves those to the web", () => {
  assert.equal(
    toPart(
      '<form action="/x"><a href="/y">no</a></form><a class="a" href="/history/lead/1">Lead</a>' +
        '<a href="?from=2026-05">May</a><a href="https://demo.amocrm.ru/leads/detail/1">CRM</a>',
      "fleet",
    ),
    '<a class="a">Lead</a><a>May</a><a href="https://demo.amocrm.ru/leads/detail/1">CRM</a>',
  );
});

Deno.test("toPart() says which page of a list it has, without a way to the others", () => {
  assert.equal(
    toPart(
      '<nav><span></span><span>Page 1 of 4</span><a rel="next" href="?page=2">Next →</a></nav>',
      "fleet",
    ),
    "<nav><span></span><span>Page 1 of 4</span></nav>",
  );
});

Deno.test("toPart() leaves texts that look like markup alone", () => {
  const text = "<bdi>&lt;a href=&quot;/x&quot;&gt; id=&quot;y&quot;</bdi>";
  assert.equal(toPart(text, "fleet"), text);
});
