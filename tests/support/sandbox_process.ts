/** A sandbox in a process of its own, so that it does not share the event loop with what is measured. */
export interface SandboxProcess extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Sends a request below /_sandbox/ and returns the JSON of its answer, null when there is none. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Starts `deno task sandbox` on a free port and waits until it serves. */
export async function startSandboxProcess(): Promise<SandboxProcess> {
  const script = new URL("../../lib/sandbox/main.ts", import.meta.url).pathname;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, "--port", "0"],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const { url, token } = await readAddress(process.stdout);
  return {
    url,
    token,
    async control(method, path, body) {
      const response = await fetch(`${url}/_sandbox${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`Cannot steer the sandbox: it answered ${response.status}`);
      return response.status === 204 ? null : await response.json();
    },
    [Symbol.asyncDispose]: async () => {
      process.kill("SIGTERM");
      await process.status;
    },
  };
}

async function readAddress(
  stdout: ReadableStream<Uint8Array>,
): Promise<{ url: string; token: string }> {
  let said = "";
  for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    const [, url] = /^AMO_BASE_URL=(.+)$/m.exec(said) ?? [];
    const [, token] = /^AMO_TOKEN=(.+)\n/m.exec(said) ?? [];
    if (url && token) return { url, token };
  }
  throw new Error(`Cannot start the sandbox: it ended after saying "${said}"`);
}
