import assert from "node:assert/strict";
import { runDeno } from "../support/script.ts";
import { serverAccess, serverAvailable } from "../support/warehouses.ts";

const BEATS = 1000;
/** Fewer than a scheduler looks back on: what a heartbeat keeps does not depend on them, its time does. */
const DAYS = 15;
/** Live objects may move by so much: caches of the runtime, not something kept per heartbeat. */
const TOLERATED_BYTES_PER_BEAT = 256;

Deno.test({
  name:
    "an idle scheduler takes less than 1 % of a core and keeps nothing of 1,000 heartbeats (server)",
  ignore: !serverAvailable,
  fn: async () => {
    const access = {
      TEST_PG_HOST: serverAccess?.host ?? "",
      TEST_PG_PORT: String(serverAccess?.port),
      TEST_PG_USER: serverAccess?.user ?? "",
      TEST_PG_PASSWORD: serverAccess?.password ?? "",
    };
    const script = "bench/scheduler_idle_bench.ts";
    const flags = ["run", "-q", "-A", "--v8-flags=--expose-gc"];
    const { code, stdout, stderr } = await runDeno(
      [...flags, script, "--beats", `${BEATS}`, "--days", `${DAYS}`, "--figures"],
      access,
    );
    assert.deepEqual([code, stderr], [0, ""]);
    const { beats, coreShare, heapBefore, heapAfter } = JSON.parse(stdout);
    assert.equal(beats, BEATS);
    assert.ok(coreShare < 0.01, `${coreShare} of a core`);
    const growth = (heapAfter - heapBefore) / BEATS;
    assert.ok(growth < TOLERATED_BYTES_PER_BEAT, `${growth} bytes a heartbeat`);
  },
});
