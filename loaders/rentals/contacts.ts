import { z } from "zod";
import type { AmoClient } from "../../lib/amocrm/client.ts";
import { listOf } from "../../lib/amocrm/pages.ts";

const contactShape = z.object({ id: z.int(), name: z.string() });

/** Finds the contact of a person by name; null when none, or more than one, bears it. */
export type FindContact = (name: string) => number | null;

/** Reads all contacts of the account. */
export async function readContacts(client: AmoClient): Promise<FindContact> {
  const idByName = new Map<string, number | null>();
  for await (const page of client.pages("/api/v4/contacts", { limit: 250 })) {
    for (const entry of listOf(page, "contacts")) {
      const contact = contactShape.safeParse(entry);
      // A contact without a name is nobody's.
      if (!contact.success) continue;
      const name = fold(contact.data.name);
      const known = idByName.get(name);
      const isOther = known !== undefined && known !== contact.data.id;
      idByName.set(name, isOther ? null : contact.data.id);
    }
  }
  return (name) => idByName.get(fold(name)) ?? null;
}

function fold(text: string): string {
  return text.trim().replace(/\s+/gu, " ").toLowerCase();
}
