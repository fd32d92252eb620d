import { z } from "zod";
import { AmoBan, AmoError } from "../../lib/amocrm/answers.ts";
import type { BatchJob } from "../../lib/amocrm/batch_writer.ts";
import { type AccountWriter, inBatches } from "../account/account_writer.ts";
import { type ExistingLead, type LeadTools, readLeads } from "./existing_leads.ts";
import type { RentalAccount } from "./rental_account.ts";
import { LOST } from "./stages.ts";

/** What became of leads that were to go. */
export interface WipeOutcome {
  /** In the trash, or gone meanwhile. */
  readonly trashed: number;
  /** Moved to lost, because the account does not let them be deleted. */
  readonly lost: number;
  /** Lost before already: nothing more can be done. */
  readonly lostBefore: number;
}

/**
 * Removes leads from the pipeline: to the trash, by the request that the delete button of the web interface
 * sends, and where the account refuses that, to the stage of lost leads (v4 has no deletion).
 *
 * The answers are not believed: "fail" can mean that a lead is gone already, and "success" that some of a batch
 * are. Reading the pipeline anew says what is true. Throws `AmoError` when a lead cannot even be moved.
 */
export async function wipeLeads(
  tools: LeadTools,
  account: RentalAccount,
  leads: readonly ExistingLead[],
): Promise<WipeOutcome> {
  const ids = new Set(leads.map(({ id }) => id));
  const readLeft = async () => (await readLeads(tools, account)).filter(({ id }) => ids.has(id));
  const left = tools.mode === "write"
    ? await trashLeads(tools, leads, readLeft)
    : await showTrash(tools.writer, leads);
  const open = left.filter(({ statusId }) => statusId !== LOST);
  await loseLeads(tools.writer, account, open, readLeft);
  return {
    trashed: leads.length - left.length,
    lost: open.length,
    lostBefore: left.length - open.length,
  };
}

type ReadLeft = () => Promise<ExistingLead[]>;

/** Returns the leads that are still there. */
async function trashLeads(
  { writer, progress }: LeadTools,
  leads: readonly ExistingLead[],
  readLeft: ReadLeft,
): Promise<readonly ExistingLead[]> {
  if (leads.length === 0) return [];
  using bar = progress.start("leads to the trash", leads.length);
  for (const batch of inBatches(leads)) {
    if (!await trash(writer, batch)) {
      const left = await readLeft();
      const stillThere = new Set(left.map(({ id }) => id));
      // It would refuse every batch: the account, not the lead, is the reason.
      if (batch.some(({ id }) => stillThere.has(id))) return left;
    }
    bar.advance(batch.length);
  }
  return await readLeft();
}

/** For a writer that sends nothing: as if all could be deleted. */
async function showTrash(
  writer: AccountWriter,
  leads: readonly ExistingLead[],
): Promise<readonly ExistingLead[]> {
  for (const batch of inBatches(leads)) await trash(writer, batch);
  return [];
}

const answerShape = z.object({ status: z.enum(["success", "fail"]) });

/** Whether the account says that it deleted something. */
async function trash(writer: AccountWriter, leads: readonly ExistingLead[]): Promise<boolean> {
  const form = new URLSearchParams(leads.map(({ id }) => ["ID[]", String(id)]));
  const path = "/ajax/leads/multiple/delete/";
  const ids = leads.map(({ id }) => id).join(", ");
  try {
    const body = await writer.send(
      { method: "POST", path, form, isRepeatable: true },
      `${leads.length} leads to the trash: ${ids}`,
    );
    const answer = answerShape.safeParse(body);
    return answer.success && answer.data.status === "success";
  } catch (error) {
    // Accounts that keep the route from integrations, or have none.
    const isRefused = error instanceof AmoError && !(error instanceof AmoBan) &&
      (error.status === 403 || error.status === 404);
    if (isRefused) return false;
    throw error;
  }
}

async function loseLeads(
  writer: AccountWriter,
  account: RentalAccount,
  leads: readonly ExistingLead[],
  readLeft: ReadLeft,
): Promise<void> {
  if (leads.length === 0) return;
  const job: BatchJob<ExistingLead> = {
    method: "PATCH",
    path: "/api/v4/leads",
    collection: "leads",
    items: leads,
    toBody: ({ id }) => ({ id, status_id: LOST, pipeline_id: account.pipeline.id }),
    describe: ({ id }) => `lead ${id} to lost`,
  };
  const { refused } = await writer.writeAll("leads to lost", job);
  if (refused.length === 0) return;
  // One that went to the trash a moment late cannot be moved either.
  const open = (await readLeft()).filter(({ statusId }) => statusId !== LOST);
  if (open.length === 0) return;
  throw new AmoError(
    `Cannot wipe ${open.length} of ${leads.length} leads: the account neither deletes them nor moves ` +
      "them to lost, expected one of both: check the rights of the token's user",
    null,
  );
}
