// Reads:  amoCRM: the fields of leads, and which leads have a value in them
// Writes: amoCRM: deletes fields of leads that the pipeline does not read, or restores them from a backup;
//         DATA_DIR/loaders/<account>/backups: definitions and values of what is deleted
// When:   by hand, when an account has gathered fields that nobody needs, or twins of those that are needed
// Try:    deno task cleaner

import { ConfigError } from "../lib/config.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { readBackup, saveFields } from "./fields/field_backup.ts";
import { decideFields, type FieldDecision } from "./fields/field_decisions.ts";
import { readFieldDefinitions } from "./fields/field_definitions.ts";
import { deleteFields } from "./fields/field_deletion.ts";
import { restoreFields } from "./fields/field_restore.ts";
import { readFieldUsage } from "./fields/field_usage.ts";
import { type Loader, type LoaderSession, runLoaderCommand } from "./account/loader_command.ts";
import { formatTable } from "../lib/log/text_table.ts";

interface CleanerFlags {
  readonly withValues?: boolean;
  readonly restore?: string;
}

export const loader: Loader<CleanerFlags> = {
  id: "cleaner",
  description:
    "Deletes fields of leads that the pipeline does not read, after saving them with all values",
  examples: [
    "--yes --account mycompany",
    "--with-values --yes --account mycompany",
    "--restore .data/loaders/mycompany/backups/lead_fields_<time>.json --yes",
  ],
  options: (command) =>
    command
      .option("--with-values", "also fields in which leads have values")
      .option("--restore <file>", "instead, create the fields of a backup anew, with their values"),
  run: (session, flags) => {
    if (flags.restore === undefined) return clean(session, flags.withValues ?? false);
    if (!flags.withValues) return restore(session, flags.restore);
    throw new ConfigError("Cannot use --with-values with --restore: a restore deletes nothing");
  },
};

async function clean(session: LoaderSession, withValues: boolean): Promise<number> {
  const { client, settings, mode, print } = session;
  const fields = await readFieldDefinitions(client, "/api/v4/leads");
  const usage = await readFieldUsage(session);
  const decisions = decideFields(fields, usage, settings.fieldMap.leads);
  for (const line of formatDecisions(decisions, withValues)) print(line);
  const needless = decisions.filter(({ action }) => action === "delete");
  const doomed = needless.filter(({ values }) => withValues || values.size === 0);
  const left = needless.length - doomed.length;
  if (left > 0) {
    print(`Fields left because they hold values: ${left} (--with-values deletes them too)`);
  }
  if (mode === "write" && doomed.length > 0) {
    print(`Backup: ${await saveFields(session.folder, session.account.subdomain, doomed)}`);
  }
  const { deleted, refused } = await deleteFields(session, doomed);
  for (const sentence of refused) print(sentence);
  print(`Fields ${mode === "write" ? "deleted" : "to be deleted"}: ${deleted}`);
  return refused.length > 0 ? EXIT_CODE.failed : EXIT_CODE.done;
}

function formatDecisions(decisions: readonly FieldDecision[], withValues: boolean): string[] {
  const columns = [
    { heading: "id", isNumber: true },
    { heading: "name", maxWidth: 24 },
    { heading: "type", maxWidth: 12 },
    { heading: "leads", isNumber: true },
    { heading: "decision" },
  ];
  return formatTable(
    columns,
    decisions.map(({ field, values, action, note }) => {
      const isLeft = action === "delete" && values.size > 0 && !withValues;
      const decision = [isLeft ? "left, it holds values" : action, note].filter((part) => part);
      return [
        String(field.id),
        field.name,
        field.type,
        values.size.toLocaleString("en"),
        decision.join(": "),
      ];
    }),
  );
}

async function restore(session: LoaderSession, path: string): Promise<number> {
  const backup = await readBackup(path, session.account.subdomain);
  const { there, before, created, values, refused } = await restoreFields(session, backup);
  const sentences = [...refused, ...values.refused];
  for (const sentence of sentences) session.print(sentence);
  const verb = session.mode === "write" ? "" : "to be ";
  session.print(
    `Fields: ${created} ${verb}created, ${before} created before, ${there} not deleted at all`,
  );
  session.print(
    `Leads: ${values.written} ${verb}given their values, ${values.unchanged} as they were, ` +
      `${values.gone} gone`,
  );
  return sentences.length > 0 ? EXIT_CODE.failed : EXIT_CODE.done;
}

if (import.meta.main) await runLoaderCommand(loader);
