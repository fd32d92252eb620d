import assert from "node:assert/strict";
import { hostOf, isLoopback, isOwnOrigin } from "../../../../lib/dashboard/access/hosts.ts";

Deno.test("isLoopback() takes 127.0.0.0/8, ::1 and localhost, and nothing that looks like them", () => {
  const own = [
    "127.0.0.1",
    "127.8.9.10",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
    "localhost",
    "LocalHost",
  ];
  assert.deepEqual(own.filter((host) => !isLoopback(host)), []);
  const others = [
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "127.0.0.1.example.com",
    "127.1",
    "1270.0.0.1",
    "localhost.example.com",
    "localhost.",
    "::2",
    "::ffff:10.0.0.1",
    "1::1",
    "",
  ];
  assert.deepEqual(others.filter(isLoopback), []);
});

Deno.test("hostOf() takes the port off a Host header", () => {
  assert.equal(hostOf("127.0.0.1:8600"), "127.0.0.1");
  assert.equal(hostOf("[::1]:8600"), "[::1]");
  assert.equal(hostOf("localhost"), "localhost");
  assert.equal(hostOf("::1"), null);
  assert.equal(hostOf("user@localhost"), null);
  assert.equal(hostOf(null), null);
});

Deno.test("isOwnOrigin() believes the browser alone", () => {
  const of = (headers: Record<string, string>) =>
    isOwnOrigin(new Headers({ host: "site.example:8600", ...headers }));
  assert.equal(of({ "sec-fetch-site": "same-origin" }), true);
  assert.equal(of({ origin: "http://site.example:8600" }), true);
  assert.equal(of({ origin: "https://SITE.example:8600" }), true);
  assert.equal(of({}), false);
  assert.equal(of({ origin: "null" }), false);
  assert.equal(of({ origin: "http://site.example" }), false);
  assert.equal(of({ origin: "http://evil.example" }), false);
  for (const site of ["cross-site", "same-site", "none"]) {
    assert.equal(of({ "sec-fetch-site": site, origin: "http://site.example:8600" }), false, site);
  }
});
