import type { Attributes, AttributeValue, SpanStatus } from "@opentelemetry/api";
import type { TaskResult } from "../dag/dag.ts";
import { errorText } from "../log/error_text.ts";
import type { Run } from "./run.ts";
import type { Claim } from "../run_log/claims.ts";
import type { DagOutcome, DagStatus } from "../dag/outcome.ts";

/** Under this name of OpenTelemetry's own Deno registers its tracer, if `OTEL_DENO` asks for one. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** What is noted about a piece of work. */
interface Notes {
  setAttribute(name: string, value: AttributeValue): unknown;
  setStatus(status: SpanStatus): unknown;
}

const NO_NOTES: Notes = { setAttribute: () => {}, setStatus: () => {} };

/** `SpanStatusCode.ERROR`. */
const FAILED = 2;

const FAILURES: readonly DagStatus[] = ["failed", "upstream_failed"];

/** Runs a DAG inside a span of its own, to which the spans of its tasks and their requests belong. */
export async function traceDag(run: Run, work: () => Promise<DagOutcome>): Promise<DagOutcome> {
  const attributes = {
    "rental.dag_id": run.dag.id,
    "rental.run_id": run.runId,
    "rental.logical_date": run.date,
    "rental.worker": run.worker.id,
  };
  return await inSpan(`dag ${run.dag.id}`, attributes, async (span) => {
    const outcome = await work();
    span.setAttribute("rental.outcome", outcome.status);
    if (FAILURES.includes(outcome.status)) setFailed(span, errorOf(outcome));
    return outcome;
  });
}

/** Runs one try of a task inside a span. */
export async function traceTry(
  claim: Claim,
  work: () => Promise<TaskResult>,
): Promise<TaskResult> {
  const attributes = {
    "rental.dag_id": claim.dagId,
    "rental.task_id": claim.taskId,
    "rental.run_id": claim.runId,
    "rental.logical_date": claim.logicalDate,
    "rental.attempt": claim.attempt,
    "rental.worker": claim.worker,
  };
  return await inSpan(`task ${claim.taskId}`, attributes, async (span) => {
    const result = await work();
    const { rowsRead, rowsWritten } = result;
    if (rowsRead !== undefined) span.setAttribute("rental.rows_read", rowsRead);
    if (rowsWritten !== undefined) span.setAttribute("rental.rows_written", rowsWritten);
    span.setAttribute("rental.outcome", "success");
    return result;
  });
}

async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Notes) => Promise<T>,
): Promise<T> {
  // Its 36 files would cost every start time, and hardly any run is traced.
  if (!(REGISTERED in globalThis)) return await work(NO_NOTES);
  const { trace } = await import("@opentelemetry/api");
  return await trace.getTracer("rental").startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setAttribute("rental.outcome", "failed");
      setFailed(span, errorText(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The message alone, and masked: a recorded exception would carry its stack and causes, which hold values. */
function setFailed(span: Notes, message: string): void {
  span.setStatus({ code: FAILED, message });
}

function errorOf({ message, tasks }: DagOutcome): string {
  return message ?? tasks.find(({ status }) => status === "failed")?.error ?? "a task failed";
}
