import assert from "node:assert/strict";

const MAIN = new URL("../../../lib/sandbox/main.ts", import.meta.url).href;

/** The command with no right but that to the loopback network. */
function command(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net=127.0.0.1", MAIN, ...args],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(args: readonly string[]): Promise<[number, string, string]> {
  const { code, stdout, stderr } = await command(args).output();
  const text = new TextDecoder();
  return [code, text.decode(stdout), text.decode(stderr)];
}

/** Reads from a stream until the text matches. */
async function readUntil(stream: ReadableStream<Uint8Array>, wanted: RegExp): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (wanted.test(text)) return text;
  }
  throw new Error(`Expected ${wanted}, got ${JSON.stringify(text)}`);
}

Deno.test("deno task sandbox prints address and token, and both work", async () => {
  await using child = command([
    "--port",
    "0",
    "--seed",
    "1",
    "--start",
    "2026-05-01T00:00:00Z",
    "--timezone",
    "Europe/Berlin",
  ]).spawn();
  const out = await readUntil(child.stdout, /AMO_TOKEN=\S+\n/);
  const [, url, baseUrl, token] = out.match(
    /^amoCRM sandbox at (\S+) \(Ctrl-C ends it\)\n\nAMO_BASE_URL=(\S+)\nAMO_TOKEN=(\S+)\n$/,
  ) ?? [];
  assert.equal(url, baseUrl);
  const response = await fetch(`${url}/api/v4/account?with=datetime_settings`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const account = await response.json();
  assert.deepEqual([account.id, account._embedded.datetime_settings.timezone], [
    31000783,
    "Europe/Berlin",
  ]);
  await child.stderr.cancel();
});

Deno.test("deno task sandbox --help tells the flags and ends with 0", async () => {
  const [code, out] = await run(["--help"]);
  assert.equal(code, 0);
  for (const flag of ["--port", "--seed", "--start", "--timezone", "8787", "Asia/Dubai"]) {
    assert.ok(out.includes(flag), flag);
  }
});

const WRONG: readonly (readonly [readonly string[], string])[] = [
  [["--port", "99999"], "Expected a whole number from 0 to 65535."],
  [["--seed", "-1"], "Expected a whole number from 0 to 4294967295."],
  [["--start", "soon"], "Expected a time with its offset, like 2026-05-01T00:00:00Z."],
  [["--timezone", "Mars/Olympus"], "Expected the name of a time zone, like Asia/Dubai."],
  [["--prot", "1"], "(Did you mean --port?)"],
];

for (const [args, sentence] of WRONG) {
  Deno.test(`deno task sandbox ${args.join(" ")} ends with 2 and a sentence`, async () => {
    const [code, out, err] = await run(args);
    assert.deepEqual([code, out], [2, ""]);
    assert.ok(err.includes(sentence), err);
  });
}

Deno.test("deno task sandbox on a taken port ends with 1 and a sentence", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  assert.deepEqual(await run(["--port", String(port)]), [
    1,
    "",
    `Cannot serve the sandbox on port ${port}: it is taken: choose another --port\n`,
  ]);
});
