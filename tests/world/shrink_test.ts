import assert from "node:assert/strict";
import { shrinkWorld } from "./shrink.ts";

const WORLD = { seed: 7, days: 8, maxLeads: 60 };

Deno.test("shrinkWorld() finds the fewest days and then leads at which a world differs", async () => {
  const asked: string[] = [];
  const smallest = await shrinkWorld(WORLD, ({ days, maxLeads }) => {
    asked.push(`${days}/${maxLeads}`);
    return Promise.resolve(days >= 3 && maxLeads >= 10);
  });
  assert.deepEqual(smallest, { seed: 7, days: 3, maxLeads: 10 });
  assert.deepEqual(asked, ["4/60", "2/60", "3/60", "3/30", "3/15", "3/8", "3/12", "3/10", "3/9"]);
});

Deno.test("shrinkWorld() stops after so many tries, and keeps a world that differs only as it is", async () => {
  const never = () => Promise.resolve(false);
  assert.deepEqual(await shrinkWorld(WORLD, never), WORLD);
  assert.deepEqual(await shrinkWorld(WORLD, () => Promise.resolve(true), 2), {
    ...WORLD,
    days: 2,
  });
});
