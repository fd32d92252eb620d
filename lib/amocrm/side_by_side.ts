/**
 * Waits for all of these, which are under way, and gives their values. Throws what the first of them in this order
 * threw, whichever failed first in time, and not before the others have ended.
 */
export async function sideBySide<T extends readonly unknown[] | []>(
  work: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  await Promise.allSettled(work);
  for (const one of work) await one;
  return await Promise.all(work);
}
