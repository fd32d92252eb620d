import { z } from "zod";
import type { AmoClient } from "./client.ts";
import { AmoError } from "./answers.ts";

/** What an extract needs to know about the account, and the time at which it started. */
export interface Account {
  readonly id: number;
  /** The first part of its address, as the account itself says; null when it does not. */
  readonly subdomain: string | null;
  /** In which `date` fields are midnight. */
  readonly timeZone: string;
  /** The CRM's time of this answer: as the first of a run, it is the upper bound of what the run reads. */
  readonly serverTime: Temporal.Instant;
  /** False when the answer did not say its time, and `serverTime` is that of this machine. */
  readonly isDated: boolean;
}

const accountShape = z.object({
  id: z.int(),
  subdomain: z.string().nullish().transform((name) => name ?? null),
  _embedded: z.object({ datetime_settings: z.object({ timezone: z.string() }) }),
});

/** Reads GET /account?with=datetime_settings. Throws `AmoError` when it names no known time zone. */
export async function readAccount(client: AmoClient): Promise<Account> {
  const answer = await client.get("/api/v4/account", { with: "datetime_settings" });
  const parsed = accountShape.safeParse(answer.body);
  if (!parsed.success) {
    throw new AmoError(
      "Cannot read /api/v4/account: the answer has no id or no time zone, expected both: check AMO_BASE_URL",
      200,
    );
  }
  const { id, subdomain, _embedded: { datetime_settings: { timezone } } } = parsed.data;
  if (!isTimeZone(timezone)) {
    throw new AmoError(
      `Cannot read /api/v4/account: its time zone is "${timezone}", expected one like "Asia/Dubai": ` +
        "set it in the account's settings",
      200,
    );
  }
  const { serverTime, isDated } = answer;
  return { id, subdomain, timeZone: timezone, serverTime, isDated };
}

function isTimeZone(id: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(id);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
