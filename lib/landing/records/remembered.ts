/** More different days and moments than the records of a company have at once. */
const MOST_REMEMBERED = 10_000;

/** The same function, which remembers what it found: for the few values that stand in most records. */
export function remembered<T>(find: (text: string) => T): (text: string) => T {
  const found = new Map<string, T>();
  return (text) => {
    const known = found.get(text);
    if (known !== undefined) return known;
    if (found.size >= MOST_REMEMBERED) found.clear();
    const value = find(text);
    found.set(text, value);
    return value;
  };
}
