/** The first letters of the first and the last word of a name, in capitals; null where no word has a letter or digit. */
export function initialsOf(name: string | null): string | null {
  const letters = (name ?? "").normalize("NFC").split(/\s+/u)
    .flatMap((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? []);
  const [first, last] = [letters.at(0), letters.length > 1 ? letters.at(-1) : ""];
  return first === undefined ? null : `${first}${last}`.toLocaleUpperCase("en");
}
