/**
 * Writes a file that only its owner may read, whole or not at all, and on the disk before it resolves. Its
 * folder must exist.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.tmp`;
  {
    using file = await Deno.open(unfinished, {
      write: true,
      create: true,
      truncate: true,
      mode: 0o600,
    });
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
    await file.sync();
  }
  await Deno.rename(unfinished, path);
}
