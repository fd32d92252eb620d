/** Shows running tasks at the bottom of a terminal, below the log lines; without one, the lines alone. */
export interface LiveProgress extends Disposable {
  readonly report: ReportProgress;
  /** Writes a log line above what is shown. */
  writeLine(line: string): void;
}

/** Where the lines and the live block go; a terminal when `columns` is a number. */
export interface Screen {
  readonly columns: number | null;
  write(text: string): void;
}

const CLEAR_LINE_AND_BELOW = "\x1b[0J";
const REDRAW_MS = 100;

/** Starts the display on stderr, because stdout is for results. */
export function startLiveProgress(screen: Screen = stderrScreen()): LiveProgress {
  const { columns } = screen;
  if (columns === null) {
    return {
      report: () => {},
      writeLine: (line) => screen.write(`${line}\n`),
      [Symbol.dispose]: () => {},
    };
  }
  return startTerminalProgress(screen, columns);
}

function startTerminalProgress(screen: Screen, columns: number): LiveProgress {
  const running = new Map<string, string>();
  let shownLines = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const clear = () => shownLines === 0 ? "" : `\x1b[${shownLines}A\r${CLEAR_LINE_AND_BELOW}`;
  const draw = (above: string) => {
    const lines = [...running].map(([name, text]) => `  ${name} ${text}`.slice(0, columns - 1));
    screen.write(clear() + above + lines.map((line) => `${line}\n`).join(""));
    shownLines = lines.length;
  };
  const redrawSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      draw("");
    }, REDRAW_MS);
  };
  return {
    report: (dagId, taskId, text) => {
      const name = `${dagId}.${taskId}`;
      if (text === null) running.delete(name);
      else running.set(name, text);
      // At once when nothing runs any more: results that are printed next must not be drawn over.
      if (running.size === 0) draw("");
      else redrawSoon();
    },
    writeLine: (line) => draw(`${line}\n`),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      running.clear();
      draw("");
    },
  };
}

function stderrScreen(): Screen {
  const encoder = new TextEncoder();
  return {
    columns: Deno.stderr.isTerminal() ? Deno.consoleSize().columns : null,
    write: (text) => {
      for (let bytes = encoder.encode(text); bytes.length > 0;) {
        bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
      }
    },
  };
}

/** Live text of a task for a terminal; null when the task has ended. */
export type ReportProgress = (dagId: string, taskId: string, text: string | null) => void;
