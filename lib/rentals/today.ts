import type { Account } from "../amocrm/account.ts";
import { chooseDate } from "../script/session.ts";

/** The day of `--date`, or that of the account's clock, in the business time zone. Throws `ConfigError`. */
export function chooseToday(
  text: string | undefined,
  { serverTime }: Account,
  businessTz: string,
): Temporal.PlainDate {
  if (text !== undefined) return chooseDate(text, businessTz);
  return serverTime.toZonedDateTimeISO(businessTz).toPlainDate();
}
