import assert from "node:assert/strict";
import { Sparkline } from "../../../../lib/dashboard/charts/sparkline.tsx";
import { elementsOf, render } from "../../../support/markup.ts";

Deno.test("Sparkline() draws values and gaps with a dot at the last one", async () => {
  assert.equal(
    await render(<Sparkline title="Revenue" values={[1, null, "2", "3"]} />),
    `<svg class="sparkline tone-main" width="120" height="32" viewBox="0 0 120 32" role="img" aria-label="Revenue">
<title>Revenue</title>
<line class="zero" x1="4" x2="116" y1="28" y2="28">
</line>
<path class="line" d="M4,20ZM78.67,12L116,4">
</path>
<circle class="dot" cx="116" cy="4" r="3">
</circle>
</svg>`,
  );
});

Deno.test("Sparkline() is nothing when nothing is known", async () => {
  assert.equal(await render(<Sparkline title="Revenue" values={[null]} />), "");
});

Deno.test("Sparkline() is a dot when there is one value", async () => {
  const text = await render(<Sparkline title="Revenue" values={[7]} />);
  assert.deepEqual(elementsOf(text, "circle"), [`<circle class="dot" cx="60" cy="7" r="3">`]);
});

Deno.test("Sparkline() has its zero line above when all values are negative", async () => {
  const text = await render(<Sparkline title="Revenue" values={[-1, -2]} />);
  assert.deepEqual(elementsOf(text, "line"), [
    `<line class="zero" x1="4" x2="116" y1="4" y2="4">`,
  ]);
});
