import { join } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../lib/config.ts";
import type { FieldDecision } from "./field_decisions.ts";
import { readInputFile } from "../account/input_file.ts";
import { writePrivateFile } from "../account/private_file.ts";

/** A field of leads as it was, and its values. */
export interface SavedField {
  readonly definition: SavedDefinition;
  readonly values: readonly { readonly lead_id: number; readonly values: readonly unknown[] }[];
}

/** What the account said of a field; keys that are not named here are kept as well. */
export interface SavedDefinition {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly [key: string]: unknown;
}

/** What `--restore` reads. */
export interface FieldBackup {
  readonly account: string;
  readonly made_at: string;
  readonly fields: readonly SavedField[];
}

const backupShape: z.ZodType<FieldBackup> = z.object({
  account: z.string(),
  made_at: z.string(),
  fields: z.array(z.object({
    definition: z.looseObject({ id: z.int(), name: z.string(), type: z.string() }),
    values: z.array(z.object({ lead_id: z.int(), values: z.array(z.unknown()) })),
  })),
});

/** Saves fields with all their values below `folder`, and returns the path; only its owner can read it. */
export async function saveFields(
  folder: string,
  account: string,
  decisions: readonly FieldDecision[],
): Promise<string> {
  const now = Temporal.Now.instant().toString({ smallestUnit: "millisecond" });
  const backup: FieldBackup = {
    account,
    made_at: now,
    fields: decisions.map(({ field, values }) => ({
      definition: { ...field.raw, id: field.id, name: field.name, type: field.type },
      values: [...values].map(([leadId, list]) => ({ lead_id: leadId, values: list })),
    })),
  };
  await Deno.mkdir(join(folder, "backups"), { recursive: true, mode: 0o700 });
  const path = join(folder, "backups", `lead_fields_${now.replaceAll(/[:.]/g, "-")}.json`);
  await writePrivateFile(path, JSON.stringify(backup, null, 1));
  return path;
}

/** Reads what `saveFields` wrote for this account. Throws `ConfigError` for anything else. */
export async function readBackup(path: string, account: string): Promise<FieldBackup> {
  const text = await readInputFile(path, "--restore");
  const backup = backupShape.safeParse(parseJson(text)).data;
  if (!backup) {
    throw new ConfigError(
      `Cannot restore from "${path}": it is no backup of fields, expected one that the cleaner wrote`,
    );
  }
  if (backup.account === account) return backup;
  throw new ConfigError(
    `Cannot restore from "${path}": it is of the account "${backup.account}", expected "${account}": ` +
      "field and lead ids are those of one account alone",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
