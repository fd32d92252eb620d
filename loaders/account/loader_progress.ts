import process from "node:process";
// @ts-types="@types/cli-progress"
import cliProgress from "cli-progress";

/** Shows on stderr how far a loader is, because stdout is for results. */
export interface LoaderProgress {
  /** Begins a piece of work with a known number of steps, one at a time; dispose of it at its end. */
  start(what: string, total: number): ProgressBar;
  /** Writes a log line, above the bar if there is one. */
  writeLine(line: string): void;
}

/** One piece of work on its way. */
export interface ProgressBar extends Disposable {
  readonly advance: (steps: number) => void;
}

/** A bar on a terminal; elsewhere a plain line at each tenth of any work worth it. */
export function createLoaderProgress(
  isTerminal: boolean = Deno.stderr.isTerminal(),
  write: (line: string) => void = (line) => console.error(line),
): LoaderProgress {
  return isTerminal ? createBars(write) : createLines(write);
}

function createBars(write: (line: string) => void): LoaderProgress {
  // A MultiBar for a single bar: it alone can write lines above what it shows.
  let shown: cliProgress.MultiBar | null = null;
  return {
    start(what, total) {
      const bars = new cliProgress.MultiBar({
        format: "{what} {bar} {value}/{total}, {eta_formatted} left",
        stream: process.stderr,
        barsize: 30,
        clearOnComplete: true,
        hideCursor: true,
        // A signal is ours to handle: work stops between two requests and then ends the bar.
        gracefulExit: false,
      });
      const bar = bars.create(total, 0, { what });
      shown = bars;
      return {
        advance: (steps) => bar.increment(steps),
        [Symbol.dispose]: () => {
          shown = null;
          // Lines that wait to be written are lost in stop().
          bars.update();
          bars.stop();
        },
      };
    },
    writeLine: (line) => shown ? shown.log(`${line}\n`) : write(line),
  };
}

/** Less than this is done before anybody wonders. */
const WORTH_A_LINE = 100;

function createLines(write: (line: string) => void): LoaderProgress {
  return {
    start(what, total) {
      let done = 0;
      const tenths = () => Math.floor(done * 10 / total);
      return {
        advance(steps) {
          const before = tenths();
          done += steps;
          if (total < WORTH_A_LINE || tenths() === before) return;
          write(`${what}: ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`);
        },
        [Symbol.dispose]: () => {},
      };
    },
    writeLine: write,
  };
}
