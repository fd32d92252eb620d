import { createClock, type SandboxClock } from "./account/clock.ts";
import { createControlRoutes, type NewUser } from "./control.ts";
import { dateAnswer, noteAnswer } from "./dated_answers.ts";
import { sleep } from "../sleep.ts";
import { answerWithFault, type FaultRequest } from "./fault_answers.ts";
import { createFaultQueue, type Faults } from "./faults.ts";
import { createJournalControl, type JournalControl } from "./journal_control.ts";
import { createLeadControls, type LeadControls } from "./lead_controls.ts";
import { createRandom } from "./account/random.ts";
import { createRateLimit } from "./rate_limit.ts";
import { createRequestRecorder, type RequestLog } from "./request_log.ts";
import { createRoutes } from "./routes/routes.ts";
import { changeSwitches, readSwitches, type SwitchChanges } from "./account/switches.ts";
import { createTokens, type TokenOptions, type Tokens } from "./tokens.ts";
import { addUser } from "./account/users.ts";
import { createWorld, type World, type WorldOptions } from "./account/world.ts";

/** What a sandbox is made with; every part has a default. */
export interface SandboxOptions {
  /** The same seed and the same `start` give the same ids, tokens and bytes; 1 unless told. */
  readonly seed?: number;
  readonly subdomain?: string;
  /** IANA name of the account's time zone, "Asia/Dubai" unless told. */
  readonly timezone?: string;
  readonly currency?: string;
  /** The first time of the sandbox clock: ISO 8601 with an offset, or unix seconds; now unless told. */
  readonly start?: string | number | Temporal.Instant;
  readonly switches?: SwitchChanges;
  /** Monotonic milliseconds of real time, for the clock's running on, the rate limit and the request log. */
  readonly realMs?: () => number;
}

/** An amoCRM account in memory. */
export interface Sandbox {
  /** Answers a request; rejects with `ConnectionReset` for that fault. `gone` ends waits for nobody. */
  readonly fetch: (request: Request, gone?: AbortSignal) => Promise<Response>;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** What people do to leads by hand. */
  readonly leads: LeadControls;
  /** What happened and what was shown of it, for tests alone. */
  readonly journal: JournalControl;
  /** Full rights, five years. */
  readonly token: string;
  issueToken(options?: TokenOptions): string;
  revokeToken(token: string): void;
  /** Takes somebody on and returns his id. */
  addUser(person: NewUser): number;
  /** Somebody leaves; false when he was not there. */
  removeUser(id: number): boolean;
  /** Changes the named switches and leaves the others; throws a ZodError for an unknown one. */
  setSwitches(changes: SwitchChanges): void;
}

const CONTROL_PATH = "/_sandbox/";
const HOSTNAME = "127.0.0.1";

/** An empty account: three users, one pipeline, the system fields. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { seed = 1, realMs = () => performance.now() } = options;
  const clock = createClock(options.start, realMs);
  const switches = readSwitches(options.switches ?? {});
  const world = createWorld(describeAccount(options, seed), clock, switches);
  // A stream of its own: issuing a token must not change the ids that follow.
  const tokens = createTokens(world.account, clock, createRandom(seed ^ 0x70ce2));
  const requestIds = createRandom(seed ^ 0x5e9d1);
  const rateLimit = createRateLimit(switches, realMs);
  const faultQueue = createFaultQueue();
  const recorder = createRequestRecorder(realMs);
  const routes = createRoutes(world);

  const respond = async (request: Request, url: URL, gone: AbortSignal): Promise<Response> => {
    // Counted as they arrive, like the log: the answer alone is late.
    const limited = rateLimit.refusal();
    if (switches.latencyMs > 0) await sleep(switches.latencyMs, gone);
    if (limited !== undefined) return limited;
    const fault = faultQueue.take(request.method, url.pathname);
    const answer = async () => {
      const response = dateAnswer(clock, tokens.refusal(request) ?? await routes.fetch(request));
      await noteAnswer(world, request, response, fault);
      return response;
    };
    if (fault === undefined) return await answer();
    return await answerWithFault(world, fault, gone, { wait: sleep, send }, answer);
  };

  const sandbox = {
    clock,
    faults: faultQueue.faults,
    requests: recorder.log,
    ...controlsOf(world, tokens),
    setSwitches: (changes: unknown) => changeSwitches(switches, changes),
  };
  const control = createControlRoutes(sandbox);
  const send = createSender(
    sandbox.token,
    (request) =>
      request.url.includes(CONTROL_PATH) ? control.fetch(request) : routes.fetch(request),
  );
  return {
    ...sandbox,
    async fetch(request, gone = new AbortController().signal) {
      const url = new URL(request.url);
      if (url.pathname.startsWith(CONTROL_PATH)) return await control.fetch(request);
      const finish = recorder.arrive(request, url);
      const response = await respond(request, url, gone);
      if (response.headers.get("content-type") === "application/problem+json") {
        response.headers.set("x-request-id", requestIds.text(32, "0123456789abcdef"));
      }
      finish(response.status);
      return dateAnswer(clock, response);
    },
  };
}

function describeAccount(options: SandboxOptions, seed: number): WorldOptions {
  const { subdomain = "sandbox", timezone = "Asia/Dubai", currency = "AED" } = options;
  return { seed, subdomain, timezone, currency };
}

/** What people do in the account without its API. */
function controlsOf(world: World, tokens: Tokens) {
  return {
    leads: createLeadControls(world),
    journal: createJournalControl(world),
    token: tokens.issue(),
    issueToken: (options?: TokenOptions) => tokens.issue(options),
    revokeToken: (token: string) => tokens.revoke(token),
    addUser: (person: NewUser) => addUser(world, person).id,
    removeUser: (id: number) => world.users.delete(id),
  };
}

/** Makes the requests of faults. */
function createSender(
  token: string,
  fetch: (request: Request) => Response | Promise<Response>,
): (request: FaultRequest) => Promise<void> {
  return async ({ method, path, body }) => {
    const headers = { authorization: `Bearer ${token}` };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method, headers, body: text };
    const response = await fetch(new Request(`http://${HOSTNAME}${path}`, init));
    if (response.ok) return;
    throw new Error(
      `Cannot make the request of a fault: ${method} ${path} answered ${response.status}, ` +
        "expected it to be carried out",
    );
  };
}
