import type { Markup } from "../page/page.ts";
import { sqlText } from "./sql_text.ts";
import { type View, wordsOfView } from "./view.ts";

/** The SQL behind numbers, folded. */
export function SqlDetails(
  props: { readonly view: View; readonly sqlFile: string },
): Markup {
  const { view, sqlFile } = props;
  return (
    <details class="sql">
      <summary>{wordsOfView(view).frame.sql}</summary>
      <p class="file">
        <code>{`sql/${sqlFile}`}</code>
      </p>
      <pre
        tabindex={0}
        role="region"
        aria-label={`sql/${sqlFile}`}
      ><code>{sqlText(sqlFile)}</code></pre>
    </details>
  );
}
