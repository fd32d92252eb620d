import type { Lineage, LineageNode } from "../../../lineage/lineage.ts";
import { siteLink } from "../../frame/links.ts";
import { Section } from "../../frame/parts.tsx";
import { sqlText } from "../../frame/sql_text.ts";
import { formatOf } from "../../frame/view.ts";
import type { Markup, PageRequest } from "../../page/page.ts";
import { type DataWords, dataWords } from "../../words/data_words.ts";
import { lastBuildOf, type TableFacts } from "./table_facts.ts";

export interface LineageViewProps {
  readonly request: PageRequest;
  readonly node: LineageNode;
  readonly facts: TableFacts;
  /** Names of the checks that look at it. */
  readonly checks: readonly string[];
}

/** One table with what it is made of on the one side, down to the CRM, and what is made of it on the other. */
export function LineageView(props: LineageViewProps): Markup {
  const { request, node, facts } = props;
  const words = dataWords[request.state.language];
  return (
    <Section id="lineage" title={words.lineageOf(node.name)} intro={words.lineageIntro}>
      <p>
        <a href={siteLink(request, "/data", { focus: null })}>← {words.allTables}</a>
      </p>
      <div class="lineage">
        <div class="lineage-side">
          <h3>{words.madeOf}</h3>
          {node.reads.length === 0
            ? <p class="empty-table">{words.madeOfNothing}</p>
            : <Tree request={request} lineage={facts.lineage} node={node} direction="reads" />}
        </div>
        <div class="lineage-focus">
          <TableCard {...props} words={words} />
        </div>
        <div class="lineage-side">
          <h3>{words.goesInto}</h3>
          {node.readBy.length === 0
            ? <p class="empty-table">{words.goesNowhere}</p>
            : <Tree request={request} lineage={facts.lineage} node={node} direction="readBy" />}
        </div>
      </div>
    </Section>
  );
}

type TableCardProps = LineageViewProps & { readonly words: DataWords };

function TableCard(props: TableCardProps): Markup {
  const { request, node, facts, checks, words } = props;
  const format = formatOf(request);
  const size = facts.sizes.get(node.name);
  const build = lastBuildOf(node, facts);
  const files = [...new Set(node.filledBy.flatMap((filler) => filler.files))];
  return (
    <>
      <h3>{node.name}</h3>
      <dl class="fields">
        <Field name={words.columns.kind}>{words.kinds[node.kind]}</Field>
        {node.pulls.map((pulls) => <Field name={words.pulls}>{pulls}</Field>)}
        {node.kind === "source" ? "" : <Field name={words.filledBy}>{fillersOf(props)}</Field>}
        {node.kind === "table"
          ? (
            <>
              <Field name={words.lastBuild}>
                {build === null ? words.noBuild : format.moment(build.at)}
              </Field>
              <Field name={words.columns.rows}>
                {size?.isEstimate ? "≈ " : ""}
                {format.cell("count", size?.rows ?? null)}
              </Field>
            </>
          )
          : ""}
        {node.madeBy.length === 0
          ? ""
          : <Field name={words.madeBy}>{node.madeBy.map((file) => `sql/${file}`).join(", ")}
          </Field>}
        {checks.length === 0 ? "" : (
          <Field name={words.checkedBy}>
            {checks.map((name, i) => (
              <>
                {i > 0 ? ", " : ""}
                <a href="#table-checks">{name}</a>
              </>
            ))}
          </Field>
        )}
      </dl>
      {files.map((file) => <SqlFile file={file} />)}
    </>
  );
}

/** The tasks that fill a table, each linked to its newest run. */
function fillersOf({ request, node, facts, words }: TableCardProps): unknown {
  if (node.kind === "view") return words.isView;
  if (node.filledBy.length === 0) return words.filledByNobody;
  return node.filledBy.map(({ dagId, taskId }, i) => (
    <>
      {i > 0 ? ", " : ""}
      <a href={runLink(request, facts, dagId, taskId)}>{dagId}.{taskId}</a>
    </>
  ));
}

/** A file below sql/, folded. */
function SqlFile({ file }: { readonly file: string }): Markup {
  return (
    <details class="sql">
      <summary>
        <code>sql/{file}</code>
      </summary>
      <pre
        tabindex={0}
        role="group"
        aria-label={`sql/${file}`}
      ><code>{sqlText(file)}</code></pre>
    </details>
  );
}

function Field(
  props: { readonly name: string; readonly children: unknown },
): Markup {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** The run that filled it last, else the page of all runs. */
function runLink(
  request: PageRequest,
  { builds }: TableFacts,
  dagId: string,
  taskId: string,
): string {
  const build = builds.get(`${dagId}.${taskId}`);
  return siteLink(request, build ? `/runs/${dagId}/${build.date}` : "/runs");
}

interface TreeProps {
  readonly request: PageRequest;
  readonly lineage: Lineage;
  readonly node: LineageNode;
  readonly direction: "reads" | "readBy";
}

interface Branch {
  readonly name: string;
  readonly below: readonly Branch[];
  /** It stands elsewhere, at least as near to the root, with what is behind it. */
  readonly isElsewhere: boolean;
}

/** Nested lists, each table once with what is behind it: where it is nearest. */
function Tree({ request, lineage, node, direction }: TreeProps): Markup {
  const branches = growBranches(lineage, node, direction);
  return <Branches request={request} branches={branches} />;
}

/** Level by level, so that a table stands where it is nearest to the root. */
export function growBranches(
  lineage: Lineage,
  root: LineageNode,
  direction: TreeProps["direction"],
): readonly Branch[] {
  const parentOf = new Map<string, string>([[root.name, ""]]);
  let level: readonly LineageNode[] = [root];
  while (level.length > 0) {
    const next: LineageNode[] = [];
    for (const { name, [direction]: names } of level) {
      for (const other of names) {
        const node = lineage.get(other);
        if (!node || parentOf.has(other)) continue;
        parentOf.set(other, name);
        next.push(node);
      }
    }
    level = next;
  }
  const branchesOf = (name: string): readonly Branch[] =>
    (lineage.get(name)?.[direction] ?? []).map((other) => {
      const isOwn = parentOf.get(other) === name;
      return { name: other, isElsewhere: !isOwn, below: isOwn ? branchesOf(other) : [] };
    });
  return branchesOf(root.name);
}

function Branches(
  { request, branches }: { readonly request: PageRequest; readonly branches: readonly Branch[] },
): Markup {
  const words = dataWords[request.state.language];
  return (
    <ul class="branches">
      {branches.map(({ name, below, isElsewhere }) => (
        <li>
          <a href={siteLink(request, "/data", { focus: name })}>{name}</a>
          {isElsewhere ? <span class="hint">{` (${words.elsewhere})`}</span> : ""}
          {below.length > 0 ? <Branches request={request} branches={below} /> : ""}
        </li>
      ))}
    </ul>
  );
}
