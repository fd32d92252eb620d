const TICK_MS = 10;

/** The processor time of a process of this machine so far, in milliseconds; NaN where it is on another one. */
export async function processorMs(pid: number): Promise<number> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const [, user = "0", system = "0"] = /\) \S+(?: \S+){10} (\d+) (\d+)/.exec(stat) ?? [];
    return (Number(user) + Number(system)) * TICK_MS;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NaN;
    throw error;
  }
}
