import ky, { isHTTPError, isTimeoutError } from "ky";
import { fetchUnseen } from "./unseen_fetch.ts";

/** How patiently a message is delivered. */
export interface DeliveryPolicy {
  /** For one try. */
  readonly timeoutMs: number;
  /** In all, the first one included. */
  readonly tries: number;
  /** Before the second try, doubled before each further one; a `Retry-After` header wins. */
  readonly waitMs: number;
  /** Whatever such a header asks for: the next heartbeat tries again anyway. */
  readonly longestWaitMs: number;
}

export const DEFAULT_DELIVERY: DeliveryPolicy = {
  timeoutMs: 10_000,
  tries: 3,
  waitMs: 1_000,
  longestWaitMs: 5_000,
};

/** A message was not accepted. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";

  // No `cause`: those of ky and fetch hold the address with its token.
  constructor(message: string, readonly canGetBetter: boolean) {
    super(message);
  }
}

const PASSING_STATUSES = [408, 425, 429, 500, 502, 503, 504];

/**
 * POSTs `body` as JSON and returns when it was accepted, with any 2xx. Throws `DeliveryError`, whose message
 * never holds `url` nor what came back: a server may answer with the address it was asked for.
 *
 * A try without an answer is not repeated here, because it may have arrived.
 */
export async function deliver(
  url: string,
  body: unknown,
  policy: DeliveryPolicy = DEFAULT_DELIVERY,
): Promise<void> {
  try {
    const response = await ky.post(url, {
      json: body,
      timeout: policy.timeoutMs,
      // Following it would take the message and the token elsewhere.
      redirect: "manual",
      fetch: fetchUnseen,
      retry: {
        limit: policy.tries - 1,
        methods: ["post"],
        statusCodes: PASSING_STATUSES,
        maxRetryAfter: policy.longestWaitMs,
        delay: (attempt) => policy.waitMs * 2 ** (attempt - 1),
        jitter: (delayMs) => delayMs * (1 - Math.random() / 2),
      },
    });
    await response.body?.cancel();
  } catch (error) {
    throw toDeliveryError(error, policy);
  }
}

/** Whatever else ky throws is about the request as well, and its words hold the address. */
function toDeliveryError(error: unknown, { timeoutMs }: DeliveryPolicy): DeliveryError {
  if (isHTTPError(error)) {
    const { status } = error.response;
    return new DeliveryError(
      `Cannot post to the webhook: it answered ${status}, expected 2xx: ` +
        "check ALERT_WEBHOOK_URL and ALERT_TEMPLATE",
      PASSING_STATUSES.includes(status),
    );
  }
  const found = isTimeoutError(error)
    ? `no answer within ${timeoutMs / 1000} s`
    : "it could not be reached";
  return new DeliveryError(
    `Cannot post to the webhook: ${found}, expected 2xx: check ALERT_WEBHOOK_URL and the network`,
    true,
  );
}
