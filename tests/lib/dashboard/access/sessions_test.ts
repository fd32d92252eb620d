import assert from "node:assert/strict";
import { createLoginLimit } from "../../../../lib/dashboard/access/login_limit.ts";
import { createSessions } from "../../../../lib/dashboard/access/sessions.ts";

const TOKEN = "0123456789abcdef";

Deno.test("createSessions() knows its token, and sessions until they end", () => {
  let nowMs = 0;
  const sessions = createSessions(TOKEN, () => nowMs);
  assert.equal(sessions.isToken(TOKEN), true);
  assert.equal(sessions.isToken(`${TOKEN}0`), false);
  assert.equal(sessions.isToken(""), false);
  const [one, other] = [sessions.begin(), sessions.begin()];
  assert.match(one, /^[0-9a-f]{64}$/);
  assert.notEqual(one, other);
  assert.equal(sessions.isOpen(one), true);
  sessions.end(one);
  assert.deepEqual([sessions.isOpen(one), sessions.isOpen(other)], [false, true]);
  assert.deepEqual([sessions.isOpen(TOKEN), sessions.isOpen(""), sessions.isOpen(null)], [
    false,
    false,
    false,
  ]);
  nowMs = 30 * 24 * 3_600_000;
  assert.equal(sessions.isOpen(other), false);
});

Deno.test("createLoginLimit() makes a client wait after too many wrong tokens, and no other one", () => {
  let nowMs = 0;
  const limit = createLoginLimit({ tries: 3, windowMs: 60_000 }, () => nowMs);
  for (const atMs of [0, 10_000, 20_000]) {
    nowMs = atMs;
    assert.equal(limit.waitS("10.0.0.1"), 0);
    limit.fail("10.0.0.1");
  }
  assert.deepEqual([limit.waitS("10.0.0.1"), limit.waitS("10.0.0.2")], [40, 0]);
  nowMs = 60_000;
  assert.equal(limit.waitS("10.0.0.1"), 0);
  limit.fail("10.0.0.1");
  assert.equal(limit.waitS("10.0.0.1"), 10);
});
