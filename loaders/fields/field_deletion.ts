import { AmoError } from "../../lib/amocrm/answers.ts";
import type { FieldDecision } from "./field_decisions.ts";
import type { LoaderSession } from "../account/loader_command.ts";

/** What became of the fields that were to be deleted. */
export interface DeletionResult {
  readonly deleted: number;
  /** Those that the account did not let go of, as sentences. */
  readonly refused: readonly string[];
}

/** Deletes fields of leads one by one, as the API wants it. One that is gone already counts as deleted. */
export async function deleteFields(
  session: LoaderSession,
  decisions: readonly FieldDecision[],
): Promise<DeletionResult> {
  using bar = session.progress.start("fields", decisions.length);
  const refused: string[] = [];
  for (const { field, values } of decisions) {
    const reason = await deleteField(
      session,
      field.id,
      `field "${field.name}" (${field.type}), leads with a value: ${values.size}`,
    );
    if (reason !== null) refused.push(`The field "${field.name}" (${field.id}) stays: ${reason}`);
    bar.advance(1);
  }
  return { deleted: decisions.length - refused.length, refused };
}

/** Null when it is gone, else why it is not. Throws when no other field would fare better. */
async function deleteField(
  { writer }: LoaderSession,
  id: number,
  description: string,
): Promise<string | null> {
  const path = `/api/v4/leads/custom_fields/${id}`;
  try {
    await writer.send({ method: "DELETE", path, isRepeatable: true }, description);
    return null;
  } catch (error) {
    if (!(error instanceof AmoError)) throw error;
    if (error.status === 404) return null;
    // 400 and 422 are about this field; a missing right or a wrong token is about all.
    if (error.status === 400 || error.status === 422) return `amoCRM answered ${error.status}`;
    throw error;
  }
}
