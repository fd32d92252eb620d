import assert from "node:assert/strict";
import { FakeTime } from "../../support/fake_time.ts";
import { startLiveProgress } from "../../../lib/log/live_progress.ts";

function fakeScreen(columns: number | null) {
  const written: string[] = [];
  return { written, screen: { columns, write: (text: string) => void written.push(text) } };
}

Deno.test("startLiveProgress() writes plain lines alone when there is no terminal", () => {
  const { written, screen } = fakeScreen(null);
  {
    using progress = startLiveProgress(screen);
    progress.report("daily_amocrm_load_leads", "extract_leads", "1,250 leads");
    progress.writeLine("[extract] 42 leads");
  }
  assert.deepEqual(written, ["[extract] 42 leads\n"]);
});

Deno.test("startLiveProgress() keeps the running tasks below the log lines of a terminal", () => {
  using time = new FakeTime();
  const { written, screen } = fakeScreen(40);
  {
    using progress = startLiveProgress(screen);
    progress.report("load_leads", "extract", "250 leads");
    progress.report("load_cars", "extract", "12 cars");
    progress.report("load_leads", "extract", "500 leads, which is quite a number");
    assert.deepEqual(written, [], "redraws wait, so that many reports are one");
    time.tick(100);
    progress.writeLine("[extract] 12 cars");
    progress.report("load_cars", "extract", null);
    time.tick(100);
  }
  assert.deepEqual(written, [
    "  load_leads.extract 500 leads, which i\n  load_cars.extract 12 cars\n",
    "\x1b[2A\r\x1b[0J[extract] 12 cars\n" +
    "  load_leads.extract 500 leads, which i\n  load_cars.extract 12 cars\n",
    "\x1b[2A\r\x1b[0J  load_leads.extract 500 leads, which i\n",
    "\x1b[1A\r\x1b[0J",
  ]);
});

Deno.test("startLiveProgress() clears its block at once when nothing runs any more", () => {
  using time = new FakeTime();
  const { written, screen } = fakeScreen(40);
  using progress = startLiveProgress(screen);
  progress.report("load_cars", "extract", "12 cars");
  time.tick(100);

  progress.report("load_cars", "extract", null);

  assert.deepEqual(written, ["  load_cars.extract 12 cars\n", "\x1b[1A\r\x1b[0J"]);
});
