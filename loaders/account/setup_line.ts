import type { Fault } from "../../lib/amocrm/validation.ts";
import { describeFaults } from "../../lib/amocrm/validation.ts";
import type { LoaderMode } from "./loader_command.ts";
import { formatTable } from "../../lib/log/text_table.ts";

/** What became of one thing that the account must have. */
export interface SetupLine {
  /** Like "field of leads", "stage". */
  readonly kind: string;
  readonly name: string;
  /** Null when it is not there yet, or not taken by the account. */
  readonly id: number | null;
  readonly state: "there" | "created" | "refused";
  /** What is not as expected, and is left as it is; or why it was refused. */
  readonly warning?: string;
}

/** A table of everything, the warnings below it, and one line with the counts. */
export function formatSetup(lines: readonly SetupLine[], mode: LoaderMode): string[] {
  const created = mode === "write" ? "created" : "to be created";
  const rows = lines.map(({ kind, name, id, state, warning }) => [
    kind,
    name,
    id === null || id < 0 ? "-" : String(id),
    (state === "created" ? created : state) + (warning ? " (!)" : ""),
  ]);
  const columns = [
    { heading: "what" },
    { heading: "name", maxWidth: 30 },
    { heading: "id", isNumber: true },
    { heading: "state" },
  ];
  const count = (state: SetupLine["state"]) => lines.filter((line) => line.state === state).length;
  const refused = count("refused") > 0 ? `, ${count("refused")} refused` : "";
  return [
    ...formatTable(columns, rows),
    ...lines.flatMap(({ kind, name, warning }) =>
      warning ? [`Warning: the ${kind} "${name}" ${warning}`] : []
    ),
    `${count("there")} there, ${count("created")} ${created}${refused}`,
  ];
}

/** The line of something that was to be created, by what the account said to it. */
export function toCreatedLine(
  kind: string,
  name: string,
  id: number | undefined,
  faults: readonly Fault[] = [],
): SetupLine {
  if (id !== undefined) return { kind, name, id, state: "created" };
  const warning = `was refused by the account: ${describeFaults(faults)}`;
  return { kind, name, id: null, state: "refused", warning };
}
