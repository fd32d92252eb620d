/** More different days and moments than the records of a company have at once. */
const MOST_REMEMBERED = 10_000;

/** The same function, which remembers what it found: for the few values that stand in most records. */
export function remembered<K, T>(find: (key: K) => T): (key: K) => T {
  const found = new Map<K, T>();
  return (key) => {
    const known = found.get(key);
    if (known !== undefined) return known;
    if (found.size >= MOST_REMEMBERED) found.clear();
    const value = find(key);
    found.set(key, value);
    return value;
  };
}
