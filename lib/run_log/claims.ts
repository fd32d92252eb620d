import type { ISql, TransactionSql } from "postgres";
import { z } from "zod";
import type { TaskResult } from "../dag/dag.ts";
import type { EndReason } from "../dag/end_reason.ts";
import { errorText } from "../log/error_text.ts";
import { currentTail } from "../log/log_file.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { isSettled, readStatesOfDags } from "./task_states.ts";
import type { Worker } from "./worker.ts";

/** A claim that this process holds on one task of one date. */
export interface Claim {
  readonly runId: string;
  readonly dagId: string;
  readonly taskId: string;
  /** YYYY-MM-DD */
  readonly logicalDate: string;
  readonly attempt: number;
  readonly worker: string;
  /** What the task waits for, "dag" or "dag.task": its success is stale once that has a later one. */
  readonly waitsFor: readonly string[];
}

/** A task to claim. */
export type ClaimedTask = Pick<Claim, "taskId" | "waitsFor">;

/** The claim went to another worker: this one must not write. */
export class ClaimLostError extends Error {
  override readonly name = "ClaimLostError";
}

/** After so long without a sign of life, by the database's clock, a worker counts as dead. */
export const SILENT_AFTER_S = 30;

/**
 * Claims all `tasks` of a DAG for a date, or none: null when another worker holds one of them, or has
 * meanwhile finished one of `unfinishedIds`. The claims wait until `startClaim`.
 *
 * May be called again when it has thrown: what the same run holds already, because only the answer to its
 * commit was lost, it gets.
 */
export async function claimTasks(
  warehouse: Warehouse,
  run: Omit<Claim, keyof ClaimedTask | "attempt">,
  tasks: readonly ClaimedTask[],
  unfinishedIds: readonly string[],
): Promise<Claim[] | null> {
  const refused = new Error("Refused");
  try {
    return await warehouse.sql.begin(async (tx) => {
      const held = await listOwnClaims(tx, run);
      const claims: Claim[] = [];
      for (const task of tasks) {
        const attempt = held.get(task.taskId);
        const claim = attempt === undefined
          ? await insertClaim(tx, { ...run, ...task })
          : { ...run, ...task, attempt };
        if (!claim) throw refused;
        claims.push(claim);
      }
      // Read after the claim, which nobody can pass: an attempt of another worker may have ended
      // between the caller's look at the run log and now.
      if (await anySettled(tx, run, unfinishedIds)) throw refused;
      return claims;
    });
  } catch (error) {
    if (error === refused) return null;
    throw error;
  }
}

/** Marks a claimed task as running. Throws `ClaimLostError`. */
export async function startClaim(sql: ISql, claim: Claim): Promise<void> {
  const rows = await querySqlFile(sql, "ops/start_claim.sql", keyOf(claim));
  if (rows.length === 0) throw lost(claim);
}

/** Writes the success row, in the task's own transaction. Throws `ClaimLostError`, which rolls it back. */
export async function succeedClaim(
  tx: TransactionSql,
  claim: Claim,
  result: TaskResult,
): Promise<void> {
  await finish(tx, claim, "success", result, null);
}

/** How a claim ends without success. */
export interface Failure {
  readonly status: "failed" | "upstream_failed";
  readonly reason: EndReason;
  readonly error: unknown;
}

/** Writes the failure of a claim, with the last lines of its log. Throws `ClaimLostError`. */
export async function failClaim(sql: ISql, claim: Claim, failure: Failure): Promise<void> {
  await finish(sql, claim, failure.status, null, failure);
}

/**
 * Writes the failure of a claim and takes the next attempt in one go, so that nobody sees the task as
 * failed for good between two tries. Throws `ClaimLostError`.
 */
export async function retryClaim(
  warehouse: Warehouse,
  claim: Claim,
  failure: Failure,
): Promise<Claim> {
  return await warehouse.sql.begin(async (tx) => {
    await failClaim(tx, claim, failure);
    const next = await insertClaim(tx, claim);
    if (!next) throw lost(claim);
    return next;
  });
}

const heldClaims = z.array(z.object({ task_id: z.string(), is_cancelled: z.boolean() }));

/** A claim as its worker finds it: still there, and perhaps no longer wanted. */
export type HeldClaim = z.infer<typeof heldClaims>[number];

/** Gives a sign of life for every claim of a run and returns those that are still held. */
export async function beatClaims(sql: ISql, runId: string, worker: string): Promise<HeldClaim[]> {
  return heldClaims.parse([...await querySqlFile(sql, "ops/beat_claims.sql", [runId, worker])]);
}

/**
 * Frees what the dead hold and returns "dag.task" of each freed claim: what workers hold that have given no
 * sign of life for `SILENT_AFTER_S`, and at once what processes of this machine held that have ended, and runs of this
 * process that ended without a word because the warehouse was away. On the embedded warehouse every other
 * worker is dead, because this process has the only lock on its folder.
 */
export async function freeDeadClaims(warehouse: Warehouse, worker: Worker): Promise<string[]> {
  const { sql, kind } = warehouse;
  const others = await querySqlFile(sql, "ops/list_claiming_workers.sql", [worker.id]);
  const freed = kind === "server" && others.length > 0
    ? [...await querySqlFile(sql, "ops/free_stale_claims.sql", [worker.id, SILENT_AFTER_S])]
    : [];
  for (const other of others.map((row) => String(row.worker))) {
    if (kind === "server" && !worker.isDead(other)) continue;
    freed.push(...await querySqlFile(sql, "ops/free_claims_of_worker.sql", [other, "[]", "died"]));
  }
  const ownRuns = [worker.id, JSON.stringify([...worker.liveRuns]), "lost the warehouse"];
  freed.push(...await querySqlFile(sql, "ops/free_claims_of_worker.sql", ownRuns));
  worker.sweep();
  return freed.map((row) => `${row.dag_id}.${row.task_id}`);
}

const ownClaims = z.array(z.object({ task_id: z.string(), attempt: z.number() }));

/** The attempts that a run holds, by task id. */
async function listOwnClaims(
  tx: TransactionSql,
  { runId, dagId, logicalDate }: Pick<Claim, "runId" | "dagId" | "logicalDate">,
): Promise<ReadonlyMap<string, number>> {
  const rows = await querySqlFile(tx, "ops/list_own_claims.sql", [runId, dagId, logicalDate]);
  return new Map(ownClaims.parse([...rows]).map(({ task_id, attempt }) => [task_id, attempt]));
}

async function insertClaim(
  tx: TransactionSql,
  claim: Omit<Claim, "attempt">,
): Promise<Claim | null> {
  const { runId, dagId, taskId, logicalDate, worker, waitsFor } = claim;
  const values = [runId, dagId, taskId, logicalDate, worker, JSON.stringify(waitsFor)];
  const [row] = await querySqlFile(tx, "ops/claim_task.sql", values);
  return row ? { ...claim, attempt: Number(row.attempt) } : null;
}

async function anySettled(
  tx: TransactionSql,
  run: { readonly dagId: string; readonly logicalDate: string },
  taskIds: readonly string[],
): Promise<boolean> {
  const states = await readStatesOfDags(tx, run.logicalDate, [run.dagId]);
  return states.some((state) => isSettled(state) && taskIds.includes(state.task_id));
}

async function finish(
  sql: ISql,
  claim: Claim,
  status: string,
  result: TaskResult | null,
  failure: Failure | null,
): Promise<void> {
  const rows = await querySqlFile(sql, "ops/finish_claim.sql", [
    ...keyOf(claim),
    status,
    result?.rowsRead ?? null,
    result?.rowsWritten ?? null,
    result ? JSON.stringify(result.metrics) : null,
    failure ? errorText(failure.error) : null,
    failure?.reason ?? null,
    failure ? currentTail() : null,
  ]);
  if (rows.length === 0) throw lost(claim);
}

function keyOf(claim: Claim) {
  return [claim.dagId, claim.taskId, claim.logicalDate, claim.attempt, claim.worker];
}

function lost(claim: Claim): ClaimLostError {
  return new ClaimLostError(
    `Cannot go on with ${claim.dagId}.${claim.taskId} of ${claim.logicalDate}: attempt ` +
      `${claim.attempt} is no longer held by ${claim.worker}: its result was rolled back, and the worker that holds it now goes on`,
  );
}
