import type { Markup } from "../page/page.ts";
import { SqlDetails } from "./sql_details.tsx";
import { type View, wordsOfView } from "./view.ts";

/** What a number means, in the language of the page. */
export interface Definition {
  readonly text: string;
  readonly numerator?: string;
  readonly denominator?: string;
  /** What does not count. */
  readonly leftOut?: string;
  /** Below sql/. */
  readonly sqlFile?: string;
}

/** The definition of a number, one click away from it. `of` is the number's name, for those who hear the page. */
export function DefinitionDetails(
  props: { readonly view: View; readonly of: string; readonly definition: Definition },
): Markup {
  const { view, definition } = props;
  const words = wordsOfView(view).frame;
  const parts: readonly (readonly [string, string | undefined])[] = [
    [words.numerator, definition.numerator],
    [words.denominator, definition.denominator],
    [words.leftOut, definition.leftOut],
  ];
  return (
    <details class="definition">
      <summary>
        {words.definition}
        <span class="visually-hidden">: {props.of}</span>
      </summary>
      <div class="definition-text">
        <p>{definition.text}</p>
        <dl>
          {parts.map(([name, text]) =>
            text === undefined ? "" : (
              <div>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            )
          )}
        </dl>
        {definition.sqlFile === undefined
          ? ""
          : <SqlDetails view={view} sqlFile={definition.sqlFile} />}
      </div>
    </details>
  );
}
