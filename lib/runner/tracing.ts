import { type Attributes, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import type { TaskResult } from "../dag/dag.ts";
import { errorText } from "../log/error_text.ts";
import type { Run } from "./run.ts";
import type { Claim } from "../run_log/claims.ts";
import type { DagOutcome, DagStatus } from "../dag/outcome.ts";

/** Without `OTEL_DENO` a tracer that does nothing. */
const tracer = trace.getTracer("rental");

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
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return await tracer.startActiveSpan(name, { attributes }, async (span) => {
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
function setFailed(span: Span, message: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function errorOf({ message, tasks }: DagOutcome): string {
  return message ?? tasks.find(({ status }) => status === "failed")?.error ?? "a task failed";
}
