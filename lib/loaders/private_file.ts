/** Writes a file that only its owner may read, whole or not at all. Its folder must exist. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.tmp`;
  await Deno.writeTextFile(unfinished, text, { mode: 0o600 });
  await Deno.rename(unfinished, path);
}
