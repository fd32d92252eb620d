import type { Dag } from "../../lib/dag/dag.ts";

/** What people look at when the days are over: the grid of runs shows as many. */
const NIGHTS_SEEN = 14;

const DAYS_OF_A_WEEK = 7;

/** What follows from the history whenever it is built, and so need not be built where nobody looks. */
const DERIVED = ["dds", "dm"];

/**
 * The DAGs of a night. The account is read and its history merged every night, as nothing else would tell what stood
 * there; facts and marts are built once a week until the last two, since a later build makes the same rows of them.
 */
export function dagsOfNight(dags: readonly Dag[], number: number, days: number): readonly Dag[] {
  const isFull = number % DAYS_OF_A_WEEK === 0 || number > days - NIGHTS_SEEN;
  return isFull ? dags : dags.filter(({ tags }) => !tags.some((tag) => DERIVED.includes(tag)));
}
