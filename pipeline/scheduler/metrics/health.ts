import type { Answer } from "./bounded.ts";

/** What `/healthz` answers with. */
export interface Health {
  readonly status: "ok" | "unhealthy";
  /** Null before the first heartbeat. */
  readonly heartbeat_age_s: number | null;
  /** Why it is unhealthy. */
  readonly problems: readonly string[];
}

/** Heartbeats come once a minute: two may be late, the third is missing. */
export const HEARTBEAT_LIMIT_S = 150;

/** Healthy is a scheduler whose last healthy heartbeat is not long ago and whose warehouse answers now. */
export function judgeHealth(heartbeatAgeS: number | null, warehouse: Answer<unknown>): Health {
  const problems = [
    ...heartbeatProblems(heartbeatAgeS),
    ...("problem" in warehouse ? [`the warehouse does not answer: ${warehouse.problem}`] : []),
  ];
  const status = problems.length === 0 ? "ok" : "unhealthy";
  return { status, heartbeat_age_s: heartbeatAgeS, problems };
}

function heartbeatProblems(ageS: number | null): string[] {
  if (ageS === null) return ["no healthy heartbeat yet"];
  if (ageS < HEARTBEAT_LIMIT_S) return [];
  const found = `the last healthy heartbeat was ${Math.floor(ageS)} s ago`;
  return [`${found}, expected less than ${HEARTBEAT_LIMIT_S} s`];
}
