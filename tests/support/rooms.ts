import { dirname } from "node:path";

/**
 * The rooms of the house, from the top floor down, and which rooms each may import beside itself. A room may
 * only name rooms that stand below it, so there can be no circle of rooms.
 *
 * "lib" are the flat files of lib/, which need nothing of ours.
 */
export const ROOMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["pipeline", [
    ...["pipeline/demo", "pipeline/history", "pipeline/runs", "pipeline/sql", "pipeline/scheduler"],
    ...["pipeline/scheduler/alerts", "pipeline/scheduler/metrics", "pipeline/report"],
    ...["loaders", "loaders/rentals", "loaders/account"],
    ...["pipeline/dashboard", "lib/dashboard", "lib/dashboard/pages"],
    ...["lib/script", "lib/explain", "lib/runner", "lib/run_log", "lib/landing"],
    ...["lib/landing/records", "lib/checks", "lib/dag", "lib/log", "lib/amocrm", "lib/warehouse"],
    ...["lib/sandbox", "lib"],
  ]],
  ["pipeline/dashboard", [
    ...["pipeline/runs", "lib/dashboard", "lib/dashboard/pages", "lib/script", "lib/runner"],
    ...["lib/run_log", "lib/dag", "lib/log", "lib/warehouse", "lib"],
  ]],
  ["pipeline/demo", [
    ...["loaders/rentals", "loaders/account", "lib/script", "lib/runner", "lib/dag"],
    ...["lib/amocrm", "lib/warehouse", "lib"],
  ]],
  ["pipeline/report", ["lib/dag", "lib/warehouse", "lib"]],
  ["pipeline/runs", [
    ...["lib/script", "lib/explain", "lib/runner", "lib/run_log", "lib/dag", "lib/log"],
    ...["lib/warehouse", "lib"],
  ]],
  ["pipeline/history", [
    ...["lib/script", "lib/history", "lib/checks", "lib/dag", "lib/log", "lib/warehouse", "lib"],
  ]],
  ["pipeline/sql", ["lib/log", "lib/warehouse", "lib"]],
  ["pipeline/scheduler", [
    ...["lib/runner", "lib/run_log", "lib/dag", "lib/log", "lib/warehouse", "lib"],
  ]],
  ["pipeline/scheduler/alerts", ["lib/run_log", "lib/dag", "lib/log", "lib/warehouse", "lib"]],
  ["pipeline/scheduler/metrics", ["lib/dag", "lib/log", "lib/warehouse", "lib"]],
  ["loaders", [
    ...["loaders/rentals", "loaders/catalogs", "loaders/fields", "loaders/account"],
    ...["lib/script", "lib/log", "lib"],
  ]],
  ["loaders/rentals", [
    ...["loaders/fields", "loaders/account", "lib/script", "lib/landing/records"],
    ...["lib/log", "lib/amocrm", "lib"],
  ]],
  ["loaders/catalogs", [
    ...["loaders/fields", "loaders/account", "lib/landing/records", "lib/log", "lib/amocrm", "lib"],
  ]],
  ["loaders/fields", ["loaders/account", "lib/amocrm", "lib"]],
  ["loaders/account", ["lib/script", "lib/log", "lib/amocrm", "lib"]],
  // The site: its app and server on top, then pages, and what pages are made of.
  ["lib/dashboard", [
    ...["lib/dashboard/pages", "lib/dashboard/access", "lib/dashboard/frame"],
    ...["lib/dashboard/words", "lib/dashboard/look", "lib/dashboard/page"],
    ...["lib/lineage", "lib/dag", "lib/log", "lib/warehouse", "lib"],
  ]],
  ["lib/dashboard/pages", [
    ...["lib/dashboard/pages/history", "lib/dashboard/pages/runs", "lib/dashboard/pages/data"],
    ...["lib/dashboard/frame", "lib/dashboard/charts", "lib/dashboard/words", "lib/dashboard/page"],
    ...["lib/lineage", "lib/history", "lib/explain", "lib/run_log", "lib/checks", "lib/dag"],
    ...["lib/log", "lib/warehouse", "lib"],
  ]],
  ["lib/dashboard/pages/history", [
    ...["lib/dashboard/frame", "lib/dashboard/words", "lib/dashboard/page", "lib/history", "lib"],
  ]],
  ["lib/dashboard/pages/runs", [
    ...["lib/dashboard/frame", "lib/dashboard/words", "lib/dashboard/page"],
    ...["lib/run_log", "lib/dag", "lib/log"],
  ]],
  ["lib/dashboard/pages/data", [
    ...["lib/dashboard/frame", "lib/dashboard/words", "lib/dashboard/page"],
    ...["lib/lineage", "lib/checks", "lib/dag"],
  ]],
  ["lib/dashboard/access", ["lib"]],
  ["lib/dashboard/frame", [
    ...["lib/dashboard/charts", "lib/dashboard/words", "lib/dashboard/page", "lib/warehouse"],
  ]],
  ["lib/dashboard/charts", ["lib/dashboard/words", "lib/dashboard/page"]],
  ["lib/dashboard/words", ["lib/dashboard/page"]],
  // The stylesheet, the script and the icon.
  ["lib/dashboard/look", []],
  ["lib/dashboard/page", ["lib/history", "lib/dag", "lib/warehouse"]],
  ["lib/lineage", ["lib/dag", "lib/warehouse"]],
  ["lib/history", ["lib/amocrm", "lib/warehouse", "lib"]],
  ["lib/script", ["lib/runner", "lib/run_log", "lib/dag", "lib/log", "lib/warehouse", "lib"]],
  ["lib/explain", ["lib/run_log", "lib/dag", "lib/log", "lib/warehouse"]],
  ["lib/runner", [
    ...["lib/run_log", "lib/checks", "lib/dag", "lib/log", "lib/amocrm", "lib/warehouse", "lib"],
  ]],
  ["lib/landing", ["lib/landing/records", "lib/dag", "lib/amocrm", "lib/warehouse", "lib"]],
  ["lib/landing/records", ["lib/amocrm"]],
  ["lib/run_log", ["lib/dag", "lib/log", "lib/warehouse", "lib"]],
  ["lib/checks", ["lib/dag", "lib/warehouse"]],
  ["lib/dag", ["lib/warehouse", "lib"]],
  ["lib/log", ["lib/warehouse", "lib"]],
  ["lib/amocrm", ["lib"]],
  ["lib/warehouse", ["lib"]],
  ["lib/sandbox", ["lib/sandbox/routes", "lib/sandbox/account", "lib"]],
  ["lib/sandbox/routes", ["lib/sandbox/account"]],
  ["lib/sandbox/account", []],
  ["lib", ["lib/settings"]],
  ["lib/settings", []],
]);

/** The room of a file: its folder. */
export function roomOf(path: string): string {
  return dirname(path);
}

/** The arrows, as "file -> file", that the table does not allow. */
export function findForbiddenArrows(imports: ReadonlyMap<string, readonly string[]>): string[] {
  return [...imports].flatMap(([path, targets]) => {
    const room = roomOf(path);
    const allowed = [room, ...(ROOMS.get(room) ?? [])];
    return targets.filter((target) => /\.tsx?$/.test(target) && !allowed.includes(roomOf(target)))
      .map((target) => `${path} -> ${target}`);
  });
}

/** Files that import each other in a circle, as one path "a -> b -> a"; null when there is none. */
export function findCircle(imports: ReadonlyMap<string, readonly string[]>): string | null {
  const isClear = new Set<string>();
  const visit = (path: string, way: readonly string[]): string | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path].join(" -> ");
    if (isClear.has(path)) return null;
    for (const target of imports.get(path) ?? []) {
      const circle = visit(target, [...way, path]);
      if (circle) return circle;
    }
    isClear.add(path);
    return null;
  };
  for (const path of imports.keys()) {
    const circle = visit(path, []);
    if (circle) return circle;
  }
  return null;
}
