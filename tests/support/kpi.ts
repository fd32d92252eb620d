import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** Where the page of the figures stands. */
export const KPI_PAGE = new URL("../../docs/kpi.md", import.meta.url);

const HEAD = `# The figures

What every mart of schema \`dm\` holds: the comments of its tables and columns, which \`deno task kpi\` writes here. Days
and months are those of \`BUSINESS_TZ\`, money is in \`CURRENCY\`. A ratio of a total is the ratio of its sums. Ratios are
stored unrounded; null means that there is no denominator, or that the figure is not known.
`;

/** The page docs/kpi.md: the comments of the tables, views and functions of schema dm, of a migrated warehouse. */
export async function formatKpiPage({ sql }: Warehouse): Promise<string> {
  const columns = await sql<{ table: string; about: string; name: string; comment: string }[]>`
    select
      pg_class.relname as table,
      coalesce(obj_description(pg_class.oid), '') as about,
      pg_attribute.attname as name,
      coalesce(col_description(pg_class.oid, pg_attribute.attnum), '') as comment
    from pg_class
    join pg_attribute on pg_attribute.attrelid = pg_class.oid
    where
      pg_class.relnamespace = 'dm'::regnamespace
      and pg_class.relkind in ('r', 'v', 'm')
      and pg_attribute.attnum > 0
      and not pg_attribute.attisdropped
    order by pg_class.relname, pg_attribute.attnum
  `;
  const functions = await sql<{ signature: string; comment: string }[]>`
    select
      format('%s(%s)', proname, pg_get_function_identity_arguments(oid)) as signature,
      coalesce(obj_description(oid, 'pg_proc'), '') as comment
    from pg_proc
    where pronamespace = 'dm'::regnamespace
    order by proname, 1
  `;
  const tables = Map.groupBy(columns, ({ table }) => table);
  const sections = [...tables].map(([table, rows]) =>
    `## ${table}\n\n${rows[0]?.about}.\n\n| column | what it is |\n|---|---|\n${
      rows.map(({ name, comment }) => `| \`${name}\` | ${cell(comment)} |`).join("\n")
    }\n`
  );
  const list = functions.map(({ signature, comment }) => `- \`${signature}\`: ${comment}`);
  return [HEAD, ...sections, `## Functions\n\n${list.join("\n")}\n`].join("\n");
}

/** A vertical bar would end a cell of the table. */
const cell = (text: string) => text.replaceAll("|", "\\|");
