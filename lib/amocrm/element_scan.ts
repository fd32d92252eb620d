import type { AmoClient } from "./client.ts";
import type { RecordSink } from "./lead_scan.ts";
import { listOf } from "./pages.ts";

/**
 * Reads all elements of a catalog. The route has no order and no filter by time, so this goes by pages;
 * an element that a moving list gives twice is handed on once per `updated_at`. Returns how many.
 */
export async function scanElements(
  client: AmoClient,
  catalogId: number,
  sink: RecordSink,
  onProgress: (elements: number) => void = () => {},
): Promise<number> {
  const seen = new Map<unknown, unknown>();
  let count = 0;
  for await (const page of client.pages(`/api/v4/catalogs/${catalogId}/elements`, { limit: 250 })) {
    const fresh = listOf(page, "elements").filter((element) => {
      const { id, updated_at } = keyOf(element);
      // Without an id nothing can be told apart: it is handed on and rejected later.
      if (id === undefined) return true;
      const isRepeat = seen.has(id) && seen.get(id) === updated_at;
      seen.set(id, updated_at);
      return !isRepeat;
    });
    if (fresh.length > 0) await sink(fresh, page.serverTime);
    count += fresh.length;
    onProgress(count);
  }
  return count;
}

function keyOf(element: unknown): { id?: unknown; updated_at?: unknown } {
  return typeof element === "object" && element !== null ? element : {};
}
