import assert from "node:assert/strict";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** Seconds of a span, and the power of two that they do not exceed. */
const SPANS = [
  [-1, 0],
  [0, 0],
  [1, 0],
  [1.000001, 1],
  [2, 1],
  [2.000001, 2],
  [3, 2],
  [4.5, 3],
  [3_600, 12],
  [86_400, 17],
  [131_072, 17],
  [131_072.000001, 18],
  [31_536_000, 25],
  [40_000_000_000, 36],
  [200_000_000_000, 36],
] as const;

testOnBothWarehouses(
  "dds.span_class() gives the power of two that the seconds of a span do not exceed",
  async ({ sql }) => {
    const rows = await sql`
      select dds.span_class('2026-05-01Z', '2026-05-01Z'::timestamptz + make_interval(secs => seconds)) as class
      from jsonb_array_elements_text(${
      JSON.stringify(SPANS.map(([seconds]) => seconds))
    }::text::jsonb)
        with ordinality as spans (text, place)
      cross join lateral (select text::double precision as seconds) as parsed
      order by place
    `;
    const [open] = await sql`select dds.span_class('2026-05-01Z', null) as class`;

    assert.deepEqual(rows.map((row) => row.class), SPANS.map(([, wanted]) => wanted));
    assert.equal(open?.class, 0);
  },
);

testOnBothWarehouses(
  "dds.span_reach() goes back to the beginning of every span of a class",
  async ({ sql }) => {
    // Some of each class, at its edges and between them.
    const [found] = await sql`
      with spans as (
        select '2026-05-01Z'::timestamptz as ends_at,
          '2026-05-01Z'::timestamptz - make_interval(secs => 2::double precision ^ class + more) as starts_at
        from generate_series(0, 31) as class
        cross join (values (-0.000001), (0), (0.000001), (0.3)) as edges (more)
      )
      select count(*)::integer as spans,
        count(*) filter (
          where starts_at < dds.span_reach(ends_at, dds.span_class(starts_at, ends_at))
        )::integer as missed
      from spans
    `;

    assert.deepEqual({ ...found }, { spans: 128, missed: 0 });
  },
);
