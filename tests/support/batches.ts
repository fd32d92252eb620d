import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";

/** After so long without a byte from the client it has sent what it wanted to send, and waits for an answer. */
const QUIET_MS = 40;

/** A way to a server on loopback that counts how often the client waits for an answer before it goes on. */
export interface CountedWay extends AsyncDisposable {
  readonly port: number;
  /** How many batches the client sent while `work` went on, each of them after it had heard of the one before. */
  count(work: () => Promise<unknown>): Promise<number>;
}

/** Hands on what a client sends in whole batches, and at once what the server answers. */
export async function openCountedWay(
  target: { readonly host: string; readonly port: number },
): Promise<CountedWay> {
  const sockets = new Set<Socket>();
  let batches = 0;
  const server = createServer((client) => {
    const ahead = connect({ ...target, noDelay: true });
    for (const socket of [client, ahead]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    let batch: (string | Uint8Array)[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const handOn = () => {
      batches++;
      for (const piece of batch) ahead.write(piece);
      batch = [];
    };
    client.on("data", (piece) => {
      batch.push(piece);
      clearTimeout(timer);
      timer = setTimeout(handOn, QUIET_MS);
    });
    client.on("end", () => ahead.end());
    ahead.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async count(work) {
      const before = batches;
      await work();
      return batches - before;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
