import assert from "node:assert/strict";
import { Frame } from "../../../../lib/dashboard/frame/frame.tsx";
import { frameOf, pageAt, stateOf } from "../../../support/gallery.tsx";
import { elementsOf, render } from "../../../support/markup.ts";

const BODY = <p>Body</p>;

Deno.test("Frame() names all pages, keeps the state in their links, and says which one this is", async () => {
  const address = { from: "2026-05-01", tab: "days" };
  const text = await render(<Frame {...frameOf(BODY, { address, state: stateOf(address) })} />);
  const links = text.slice(text.indexOf(`class="pages"`), text.indexOf("</nav>"));
  assert.deepEqual(elementsOf(links, "a"), [
    `<a href="/?from=2026-05-01">Today</a>`,
    `<a href="/calendar?from=2026-05-01">Calendar</a>`,
    `<a href="/fleet?from=2026-05-01&amp;tab=days" aria-current="page">Fleet</a>`,
    `<a href="/money?from=2026-05-01">Money</a>`,
    `<a href="/funnel?from=2026-05-01">Funnel</a>`,
    `<a href="/clients?from=2026-05-01">Clients</a>`,
    `<a href="/history?from=2026-05-01">History</a>`,
    `<a href="/runs?from=2026-05-01">Runs</a>`,
    `<a href="/data?from=2026-05-01">Data</a>`,
  ]);
});

Deno.test("Frame() has the filters of the page as a form that keeps what it does not ask", async () => {
  const address = { car: "1", tab: "days", page: "3", lang: "en" };
  const state = { ...stateOf(address), car: 1 };
  const text = await render(<Frame {...frameOf(BODY, { address, state })} />);
  assert.deepEqual(elementsOf(text, "form", "input", "option"), [
    `<form class="log-out" method="post" action="/logout">`,
    `<form class="filters" method="get" action="/fleet" aria-label="Filters" data-filters="true">`,
    `<input type="hidden" name="tab" value="days">`,
    `<input type="hidden" name="lang" value="en">`,
    `<input type="date" name="from" value="2026-05-01">`,
    `<input type="date" name="to" value="2026-05-31">`,
    `<option value="">All models</option>`,
    `<option value="Audi A3">Audi A3</option>`,
    `<option value="VW Golf">VW Golf</option>`,
    `<option value="">All cars</option>`,
    `<option value="1" selected>Audi A3 · B AA 101</option>`,
    `<option value="2">Hubert Blaine Wolfeschlegelsteinhausenbergerdorff senior, of Philadelphia</option>`,
    `<input type="date" name="as_of" value="">`,
  ]);
});

Deno.test("Frame() says of which day it is, or that the page shows the present, and leads back", async () => {
  const address = { as_of: "2026-05-03" };
  const state = { ...stateOf(address), asOf: Temporal.PlainDate.from("2026-05-03") };
  const past = await render(<Frame {...frameOf(BODY, { address, state })} />);
  assert.ok(past.includes("As it was at the end of 3 May 2026, by what is known now."));
  assert.ok(past.includes(`<a href="/fleet">Back to the present</a>`));
  const page = pageAt("/fleet", ["period"]);
  const present = await render(<Frame {...frameOf(BODY, { address, state, page })} />);
  assert.ok(present.includes("This page always shows the present"));
});

Deno.test("Frame() prints the zone, when data were read, and has nothing inline", async () => {
  const text = await render(<Frame {...frameOf(BODY)} />);
  assert.ok(text.startsWith('<!doctype html>\n<html lang="en">'));
  assert.ok(text.includes("Data read 17 May 2026, 09:30"));
  assert.ok(text.includes("Times in Europe/Berlin"));
  assert.doesNotMatch(text, / style=| on[a-z]+=|<style/);
});

Deno.test("Frame() frames an error without page and state", async () => {
  const frame = frameOf(BODY, { page: null, state: null, dataAt: null, language: "ru" });
  const text = await render(<Frame {...frame} title="Такой страницы нет" />);
  assert.ok(text.includes("<title>Такой страницы нет – Аналитика проката</title>"));
  assert.deepEqual(elementsOf(text, "input"), []);
});
