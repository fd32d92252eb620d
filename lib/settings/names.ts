const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ_"];

/** What psql and its library read: many shells set them for those, so they are no slip of ours. */
const NAMES_OF_LIBPQ = [
  "PGHOST",
  "PGPORT",
  "PGDATABASE",
  "PGUSER",
  "PGPASSWORD",
  "PGSSLMODE",
  "PGSSLROOTCERT",
];

/** Each name that is one slip away from `name`: a letter left out, doubled, swapped with the next, or replaced. */
export function listSlips(name: string): string[] {
  const slips = [...name].flatMap((letter, i) => {
    const [before, after] = [name.slice(0, i), name.slice(i + 1)];
    return [
      before + after,
      before + letter + letter + after,
      before + after.slice(0, 1) + letter + after.slice(1),
      ...LETTERS.map((other) => before + other + after),
    ];
  });
  return [...new Set(slips)].filter((slip) => slip !== name && !NAMES_OF_LIBPQ.includes(slip));
}

/** The known name that is meant by an unknown one; null when none is near. */
export function suggestName(unknown: string, known: readonly string[]): string | null {
  const plain = (name: string) => name.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const wanted = plain(unknown);
  const ranked = known
    .map((name) => ({ name, distance: measureDistance(wanted, plain(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  return nearest && nearest.distance <= Math.min(3, wanted.length / 3) ? nearest.name : null;
}

/** Letters to leave out, put in, replace or swap with the next (optimal string alignment). */
function measureDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (isSame ? 0 : 1),
        isSwapped ? at(i - 2, j - 2) + 1 : Infinity,
      ));
    }
  }
  return at(a.length, b.length);
}
