import { styleText } from "node:util";
import { wantsColour } from "../../lib/config.ts";
import type { RunStatus } from "../../lib/run_log/dag_run.ts";

/** What colours mean here, so that all output agrees. */
const STYLES = {
  good: "green",
  bad: "red",
  blocked: "yellow",
  active: "cyan",
  quiet: "gray",
  strong: "bold",
} as const;

/** Gives a text its colour, or leaves it as it is where colours are not wanted. */
export type Paint = (style: keyof typeof STYLES, text: string) => string;

/** Without colours: for pipes and files. */
export const plain: Paint = (_style, text) => text;

/** With colours: for a terminal. */
export const colourful: Paint = (style, text) =>
  // The caller has looked at the terminal already.
  styleText(STYLES[style], text, { validateStream: false });

/** Colours when stdout is a terminal or `FORCE_COLOR` is set, unless `NO_COLOR` is. */
export function paintForStdout(): Paint {
  return wantsColour(Deno.stdout) ? colourful : plain;
}

/** The width of the terminal on stdout; 80 where there is none, or it does not say. */
export function columnsOfStdout(): number {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns || 80 : 80;
}

/** How each status looks: a mark of its own, so that it can be read without colours, its colour and its name. */
const STATUSES = {
  success: { mark: "✓", style: "good", label: "success" },
  stale: { mark: "≈", style: "blocked", label: "stale" },
  failed: { mark: "✗", style: "bad", label: "failed" },
  upstream_failed: { mark: "↑", style: "blocked", label: "upstream failed" },
  running: { mark: ">", style: "active", label: "running" },
  waiting: { mark: "…", style: "active", label: "waiting" },
  partly: { mark: "~", style: "blocked", label: "partly" },
  none: { mark: "·", style: "quiet", label: "no run" },
  skipped: { mark: "-", style: "quiet", label: "skipped" },
} as const satisfies Readonly<Record<RunStatus, unknown>>;

/** The look of a status. */
export function lookOf(status: RunStatus): (typeof STATUSES)[RunStatus] {
  return STATUSES[status];
}
