import { ConnectionReset } from "./fault_answers.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";

/** Where a sandbox is served; it always is on loopback. */
export interface ServeOptions {
  /** Any free one unless told. */
  readonly port?: number;
  /** PEM texts; with them the server speaks https. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A sandbox that answers on a port until it is disposed of. */
export interface ServedSandbox extends Sandbox, AsyncDisposable {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
}

const HOSTNAME = "127.0.0.1";

/** A connection of a client, and whether it still waits. */
interface Client {
  readonly connection: Deno.TcpConn;
  readonly gone: AbortController;
}

/** Serves a new sandbox. Throws `Deno.errors.AddrInUse` when the port is taken. */
export function serveSandbox(options: SandboxOptions & ServeOptions = {}): ServedSandbox {
  const sandbox = createSandbox(options);
  const { port = 0, tls } = options;
  const front = Deno.listen({ hostname: HOSTNAME, port });
  const clients = new Map<number, Client>();
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname: HOSTNAME, port: 0, signal: stop.signal, onListen() {}, ...tls },
    async (request, { remoteAddr }) => {
      // Not request.signal: that one also aborts after a good answer, and warns about it.
      const client = remoteAddr.transport === "tcp" ? clients.get(remoteAddr.port) : undefined;
      try {
        const response = await sandbox.fetch(request, client?.gone.signal);
        // On a connection that it had used before, fetch repeats a request that was reset without a word.
        response.headers.set("connection", "close");
        return response;
      } catch (error) {
        if (!(error instanceof ConnectionReset) && !client?.gone.signal.aborted) throw error;
        closeQuietly(client?.connection);
        // Nobody is left to see it.
        return new Response(null, { status: 500 });
      }
    },
  );
  const forwarding = forward(front, server.addr.port, clients);
  return {
    ...sandbox,
    url: `${tls === undefined ? "http" : "https"}://${HOSTNAME}:${front.addr.port}`,
    async [Symbol.asyncDispose]() {
      front.close();
      for (const { connection } of clients.values()) closeQuietly(connection);
      stop.abort();
      await Promise.all([forwarding, server.finished]);
    },
  };
}

/**
 * Hands every connection on to the server behind; `clients` tells them apart by the port they come from.
 *
 * The detour is for one fault: a server that can only answer cannot close a connection without answering.
 */
async function forward(
  front: Deno.TcpListener,
  port: number,
  clients: Map<number, Client>,
): Promise<void> {
  const open = new Set<Promise<void>>();
  for await (const connection of front) {
    const piping = pipe(connection, port, clients).finally(() => open.delete(piping));
    open.add(piping);
  }
  await Promise.all(open);
}

async function pipe(
  connection: Deno.TcpConn,
  port: number,
  clients: Map<number, Client>,
): Promise<void> {
  const server = await connectQuietly(port);
  if (server === undefined) return closeQuietly(connection);
  const key = server.localAddr.port;
  const gone = new AbortController();
  clients.set(key, { connection, gone });
  // Whichever side ends or breaks, both are over.
  await Promise.race([copy(connection, server), copy(server, connection)]);
  clients.delete(key);
  gone.abort();
  closeQuietly(connection);
  closeQuietly(server);
}

/** Undefined when the server behind has just been stopped. */
async function connectQuietly(port: number): Promise<Deno.TcpConn | undefined> {
  try {
    return await Deno.connect({ hostname: HOSTNAME, port });
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused || isConnectionEnd(error)) return undefined;
    throw error;
  }
}

async function copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const chunk = new Uint8Array(64 * 1024);
  try {
    for (let read = await from.read(chunk); read !== null; read = await from.read(chunk)) {
      for (let sent = 0; sent < read;) sent += await to.write(chunk.subarray(sent, read));
    }
  } catch (error) {
    if (!isConnectionEnd(error)) throw error;
  }
}

/** The ways in which a connection that is closed under a read or a write shows it. */
function isConnectionEnd(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.NotConnected;
}

function closeQuietly(connection: Deno.Conn | undefined): void {
  try {
    connection?.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
