import type { Dag } from "../../../dag/dag.ts";
import { attemptLogFile, dagLogFile, type LogFile, TAIL_LINES } from "../../../log/log_file.ts";
import { mayReadLogs, readLines } from "../../../log/read_lines.ts";
import { type Attempt, withoutControls } from "../../../run_log/attempts.ts";
import { type LogTail, readLogTails } from "../../../run_log/log_tails.ts";
import { Section } from "../../frame/parts.tsx";
import type { Markup, PageRequest } from "../../page/page.ts";
import { type RunsWords, runsWords } from "../../words/runs_words.ts";

export interface AttemptLogsProps {
  readonly request: PageRequest;
  readonly dag: Dag;
  readonly date: string;
  readonly attempts: readonly Attempt[];
  readonly logDir: string | null;
}

/** What stands about one attempt. */
interface Told {
  readonly title: string;
  readonly error: string | null;
  readonly lines: string | null;
  /** Where the lines are from. */
  readonly place: string;
}

/**
 * The error and the last lines of each attempt: from its file where that is on this machine, else what the run log
 * keeps of a failure.
 */
export async function AttemptLogs(props: AttemptLogsProps): Promise<Markup> {
  const words = runsWords[props.request.state.language];
  const tails = await readLogTails(props.request.sql, props.dag.id, props.date);
  const told: Told[] = [];
  const around = await linesOf(props, dagLogFile(props.logDir ?? "", props.dag.id, props.date));
  if (around !== null) {
    told.push({
      title: words.around,
      error: null,
      lines: around,
      place: words.logFile(TAIL_LINES),
    });
  }
  for (const attempt of props.attempts) told.push(await tellOf(attempt, tails, props, words));
  return <>{told.map((one) => <AttemptBlock told={one} words={words} />)}</>;
}

async function tellOf(
  attempt: Attempt,
  tails: readonly LogTail[],
  props: AttemptLogsProps,
  words: RunsWords,
): Promise<Told> {
  const title = words.attemptTitle(attempt.task_id, String(attempt.attempt));
  const file = attemptLogFile(props.logDir ?? "", {
    dagId: props.dag.id,
    taskId: attempt.task_id,
    logicalDate: props.date,
    attempt: attempt.attempt,
  });
  // Only tasks that the program knows: a name from the run log makes no path.
  const isKnown = props.dag.tasks.some(({ id }) => id === attempt.task_id);
  const lines = isKnown ? await linesOf(props, file) : null;
  if (lines !== null) {
    return { title, error: attempt.error, lines, place: words.logFile(TAIL_LINES) };
  }
  const tail = tails.find((one) =>
    one.task_id === attempt.task_id && one.attempt === attempt.attempt
  );
  return {
    title,
    error: attempt.error,
    lines: tail?.log_tail ?? null,
    place: words.logTail(TAIL_LINES),
  };
}

async function linesOf({ logDir }: AttemptLogsProps, file: LogFile): Promise<string | null> {
  if (logDir === null || !mayReadLogs(logDir)) return null;
  const text = await readLines(file);
  return text === null
    ? null
    : withoutControls(text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n"));
}

/** Open where something went wrong. */
function AttemptBlock(
  { told, words }: { readonly told: Told; readonly words: RunsWords },
): Markup {
  const { title, error, lines, place } = told;
  if (error === null) {
    return (
      <details class="attempt">
        <summary>{words.logOf(title)}</summary>
        <Lines title={title} lines={lines} place={place} words={words} />
      </details>
    );
  }
  return (
    <Section id={`attempt-${title.replaceAll(/\W+/g, "-")}`} title={title}>
      <h3>{words.error}</h3>
      <pre
        class="told bad"
        tabindex={0}
        role="group"
        aria-label={`${words.error}: ${title}`}
      >{error}</pre>
      <Lines title={title} lines={lines} place={place} words={words} />
    </Section>
  );
}

function Lines(
  props: {
    readonly title: string;
    readonly lines: string | null;
    readonly place: string;
    readonly words: RunsWords;
  },
): Markup {
  const { title, lines, place, words } = props;
  if (lines === null) return <p class="empty-table">{words.logNone}</p>;
  return (
    <>
      <p class="subtitle">
        {words.logOf(title)}, {place}
      </p>
      <pre class="told" tabindex={0} role="group" aria-label={words.logOf(title)}>{lines}</pre>
    </>
  );
}
