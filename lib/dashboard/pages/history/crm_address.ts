import { z } from "zod";
import type { Cell } from "../../page/page.ts";
import type { HistoryRecord } from "./record.ts";

const ofElement = z.object({ catalog_id: z.int().positive() });

/** Where amoCRM shows a lead; null where no account is set. */
export function crmLeadAddress(id: Cell | undefined, amoUrl: string | null): string | null {
  return amoUrl === null ? null : `${amoUrl}/leads/detail/${id}`;
}

/** Where amoCRM shows a record; of an element that is known only where its payload names its catalog. */
export function crmAddress(
  { kind, id, history }: HistoryRecord,
  amoUrl: string | null,
): string | null {
  if (kind === "lead") return crmLeadAddress(id, amoUrl);
  if (amoUrl === null) return null;
  for (const { payload } of history.sights.toReversed()) {
    const element = ofElement.safeParse(payload);
    if (element.success) return `${amoUrl}/catalogs/${element.data.catalog_id}/detail/${id}`;
  }
  return null;
}
