/**
 * A failure that can get better by itself: a dropped connection, a 429, a server error.
 *
 * The only kind that the runner tries again. Everything else (a wrong token, a missing field, a SQL
 * error) fails at once, because trying again would only hide it for some minutes.
 */
export class TransientError extends Error {
  override readonly name = "TransientError";
}
