import { isTimeoutError } from "ky";
import { AmoError, RetryableAnswer } from "./answers.ts";

/**
 * A failure of the network as a sentence of our own: `RetryableAnswer`, or `AmoError` for a certificate.
 * Any other error is thrown as it is.
 */
export function toNetworkError(error: unknown, action: string, timeoutMs: number): Error {
  if (isTimeoutError(error)) {
    return new RetryableAnswer(
      `Cannot ${action}: no answer within ${timeoutMs / 1000} s, expected one: run again later`,
      "short",
      { isTooHeavy: true },
    );
  }
  const reason = findNetworkReason(error);
  if (reason === null) throw error;
  // The errors of ky and fetch hold the request with its token, so neither is passed as the cause.
  const cause = new Error(reason);
  if (/certificate/i.test(reason)) {
    return new AmoError(
      `Cannot ${action}: ${reason}, expected a trusted one: check AMO_BASE_URL, or DENO_CERT for an own authority`,
      null,
      { cause },
    );
  }
  return new RetryableAnswer(
    `Cannot ${action}: ${reason}, expected an answer: check the network and AMO_BASE_URL`,
    "short",
    { cause },
  );
}

// Words, because fetch gives no codes; only a certificate decides anything, the rest picks a sentence.
const NETWORK_REASONS: readonly (readonly [RegExp, string])[] = [
  [/certificate/i, "the server's certificate is not trusted"],
  [/refused/i, "the connection was refused"],
  [/dns|lookup|not known|resolve/i, "the host name was not found"],
  [/reset|broken pipe|closed|aborted|unexpected eof|end of file/i, "the connection was cut"],
  [/body|decod|incomplete/i, "the answer was cut short"],
];

/** A sentence of our own for a failure of the network, null for an error that is something else. */
function findNetworkReason(error: unknown): string | null {
  const chain: Error[] = [];
  for (let inner = error; inner instanceof Error; inner = inner.cause) chain.push(inner);
  const isNetwork = chain.some(({ name, constructor }) =>
    name === "NetworkError" || constructor === TypeError || name.startsWith("Connection")
  );
  if (!isNetwork) return null;
  const text = chain.map(({ message }) => message).join(" ");
  return NETWORK_REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? "the connection failed";
}
