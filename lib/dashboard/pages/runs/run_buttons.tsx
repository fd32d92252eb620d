import type { Dag } from "../../../dag/dag.ts";
import { Section } from "../../frame/parts.tsx";
import type { Markup, PageRequest } from "../../page/page.ts";
import type { RunsWords } from "../../words/runs_words.ts";

/** Buttons that run it again, or over a span of dates; the site lets nobody use them without its token. */
export function RunButtons(
  props: {
    readonly request: PageRequest;
    readonly dag: Dag;
    readonly date: string;
    readonly words: RunsWords;
  },
): Markup {
  const { dag, date, words } = props;
  const path = `/runs/${dag.id}/${date}`;
  return (
    <Section id="act" title={words.act} intro={words.actIntro}>
      <form class="moment-form" method="post" action={`${path}/retry`}>
        <label>
          <input type="checkbox" name="force" value="1" /> {words.force}
        </label>
        <label>
          <input type="checkbox" name="downstream" value="1" /> {words.downstream}
        </label>
        <button type="submit">{words.retry}</button>
      </form>
      <form class="moment-form" method="post" action={`${path}/backfill`}>
        <span>{words.backfill}</span>
        <label>
          {words.from} <input type="date" name="from" value={date} required />
        </label>
        <label>
          {words.to} <input type="date" name="to" value={date} required />
        </label>
        <button type="submit">{words.start}</button>
      </form>
    </Section>
  );
}
