import { z } from "zod";
import type { Definition } from "../frame/definition.tsx";
import type { PageRequest } from "../page/page.ts";
import { definitionsRu } from "../words/definitions_ru.ts";

const definitionRows = z.array(z.object({ name: z.string(), text: z.string() }));

/** Gives the definition of a column of a mart, "dm.revenue_month.adr", in the language of the page. */
export type Define = (column: string) => Definition;

/**
 * The definitions of the figures: the comments of the columns of dm, which are the one place where they are written,
 * and their Russian texts.
 */
export async function readDefinitions({ ask, state, settings }: PageRequest): Promise<Define> {
  const sqlFile = "dashboard/list_definitions.sql";
  const comments = new Map(
    definitionRows.parse(await ask(sqlFile, [])).map(({ name, text }) => [name, text]),
  );
  return (column) => {
    const english = comments.get(column);
    if (english === undefined) {
      throw new Error(`Cannot define ${column}: it has no comment in the warehouse, expected one`);
    }
    const text = state.language === "ru" ? definitionsRu[column] ?? english : english;
    return parseDefinition(text.replaceAll("CURRENCY", settings.currency));
  };
}

const LABELS: Readonly<Record<string, "numerator" | "denominator" | "leftOut">> = {
  Numerator: "numerator",
  Denominator: "denominator",
  Excluded: "leftOut",
  Числитель: "numerator",
  Знаменатель: "denominator",
  "Не входит": "leftOut",
};

/** Takes a comment apart into its sentences: those with a label ("Numerator: …") say one thing each. */
export function parseDefinition(comment: string): Definition {
  const parts: { numerator?: string; denominator?: string; leftOut?: string } = {};
  const rest: string[] = [];
  for (const sentence of comment.split(/\.\s+(?=\p{Lu})/u)) {
    const [, label = "", said = ""] = /^([\p{L} ]+): (.*)$/su.exec(sentence) ?? [];
    const key = LABELS[label];
    if (key === undefined) rest.push(sentence);
    else parts[key] = said.replace(/\.$/, "");
  }
  const text = rest.join(". ");
  return { text: text.endsWith(".") ? text : `${text}.`, ...parts };
}
