import { z } from "zod";
import type { HistoryRecord } from "./record.ts";

const ofElement = z.object({ catalog_id: z.int().positive() });

/** Where amoCRM shows a record; of an element that is known only where its payload names its catalog. */
export function crmAddress(
  { kind, id, history }: HistoryRecord,
  amoUrl: string | null,
): string | null {
  if (amoUrl === null) return null;
  if (kind === "lead") return `${amoUrl}/leads/detail/${id}`;
  for (const { payload } of history.sights.toReversed()) {
    const element = ofElement.safeParse(payload);
    if (element.success) return `${amoUrl}/catalogs/${element.data.catalog_id}/detail/${id}`;
  }
  return null;
}
