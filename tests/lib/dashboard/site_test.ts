import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request as sendRaw } from "node:http";
import { SITE_STYLE } from "../../../lib/dashboard/look/look.ts";
import type { Page } from "../../../lib/dashboard/page/page.ts";
import { PageError } from "../../../lib/dashboard/page/page.ts";
import type { ServeSite } from "../../../lib/dashboard/serve.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { captureLog } from "../../support/logs.ts";
import { CRM_TABLE, serveTestSite, testPage, TOKEN } from "../../support/site.tsx";
import { testOnBothWarehouses, withEmbedded } from "../../support/warehouses.ts";

const pages: readonly Page[] = [
  testPage("/", ({ state: { period } }) => ({
    title: `Today ${period.from} to ${period.to}`,
    tables: [CRM_TABLE, { ...CRM_TABLE, name: "second", rows: [] }],
  })),
  testPage("/history/:kind/:id", ({ params }) => {
    if (params.kind !== "lead") throw new PageError(404, `There is no ${params.kind}.`);
    return { title: `Lead ${params.id}` };
  }),
  testPage("/faulty", () => Promise.reject(new TypeError("secret of the program"))),
];

/** Serves the pages on the embedded warehouse and hands over a fetch that follows nothing. */
async function withSite(
  body: (
    ask: (path: string, init?: RequestInit) => Promise<Response>,
    url: string,
  ) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
  more: Partial<ServeSite> = {},
): Promise<void> {
  await withEmbedded(async (warehouse: Warehouse) => {
    await using site = serveTestSite(warehouse, pages, env, more);
    await body((path, init) => fetch(site.url + path, { redirect: "manual", ...init }), site.url);
  });
}

/** What `fetch` does not let one say: the Host header. */
function statusFor(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    sendRaw(url, { headers, agent: false }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    }).on("error", reject).end();
  });
}

const plainText = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

Deno.test("a site answers with its pages, and with what makes them safe", () =>
  withSite(async (ask) => {
    const answer = await ask("/?from=2026-05-03");
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /<bdi>Today 2026-05-03 to 2026-05-31<\/bdi>/);
    const { date: _date, vary: _vary, "content-length": _length, ...headers } = Object.fromEntries(
      answer.headers,
    );
    assert.deepEqual(headers, {
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      "content-type": "text/html; charset=UTF-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    const named = await ask("/history/lead/12?lang=ru");
    assert.match(await named.text(), /<html lang="ru">.*<bdi>Lead 12<\/bdi>/s);
  }));

Deno.test("a site serves style, script and icon under names that change with them", () =>
  withSite(async (ask) => {
    const html = await (await ask("/")).text();
    const paths = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? "");
    assert.equal(paths.length, 3);
    for (const path of paths) {
      assert.match(path, /^\/assets\/(style|comfort|icon)\.[0-9a-f]{16}\.(css|js|svg)$/);
      const file = await ask(path);
      assert.equal(file.status, 200);
      assert.equal(file.headers.get("cache-control"), "private, max-age=31536000, immutable");
      assert.equal(file.headers.get("x-content-type-options"), "nosniff");
      await file.body?.cancel();
    }
    const other = await ask("/assets/style.css");
    assert.equal(other.status, 404);
    await other.body?.cancel();
  }));

Deno.test("a site says what is wrong with an address, without a stack", () =>
  withSite(async (ask) => {
    for (
      const [path, status, text] of [
        ["/nothing", 404, "There is nothing at /nothing."],
        ["/history/lead", 404, "There is nothing at /history/lead."],
        ["/history/lead/12/", 404, "There is nothing at /history/lead/12/."],
        ["/history/%ff/12", 404, "There is nothing at"],
        ["/?zzz=1&lang=ru", 400, '<a href="/?lang=ru">На первую страницу</a>'],
        ["/?car=12", 404, "<bdi>There is no such car</bdi>"],
        ["/?model=Kia", 404, "<bdi>There is no such model</bdi>"],
        ["/history/car/12", 404, "There is no car."],
        ["/?from=2026-13", 400, "from is &quot;2026-13&quot;, expected a day like"],
        ["/?zzz=1", 400, "The address has a parameter &quot;zzz&quot;"],
        ["/?car=12", 404, "There is no car with the number 12. Choose one from the list."],
        ["/?model=Kia", 404, "No car is a &quot;Kia&quot;. Choose a model from the list."],
        ["/?as_of=2999-01-01", 400, "as_of is 2999-01-01, which is still to come."],
        ["/.csv", 404, "There is nothing at /.csv."],
        ["/today.csv?table=third", 404, "no table &quot;third&quot;. It has: clients, second."],
        ["/history/lead/12.csv", 404, "This page has no table to download."],
        [
          "/?model=" + encodeURIComponent("<img src=x onerror=alert(1)>"),
          404,
          "No car is a &quot;&lt;img src=x onerror=alert(1)&gt;&quot;.",
        ],
      ] as const
    ) {
      const answer = await ask(path);
      const html = await answer.text();
      assert.deepEqual([path, answer.status], [path, status]);
      assert.ok(html.includes(text), `${path}: ${plainText(html)}`);
      assert.doesNotMatch(html, /\bat \S+\.tsx?:|file:\/\/|<img/);
      assert.ok(answer.headers.has("content-security-policy"));
    }
  }));

Deno.test("a page with a fault says so under a number that the log has too", async () => {
  const { lines } = await captureLog("dashboard");
  await withSite(async (ask) => {
    const answer = await ask("/faulty");
    const html = await answer.text();
    assert.equal(answer.status, 500);
    assert.doesNotMatch(html, /secret|TypeError|\.ts/);
    const id = /under ([0-9a-f]{8}):/.exec(html)?.[1];
    assert.ok(id);
    assert.deepEqual(lines, [`error: /faulty failed (${id}): secret of the program`]);
  });
});

Deno.test("a table is a CSV behind the path of its page", () =>
  withSite(async (ask) => {
    const answer = await ask("/today.csv?from=2026-05-03");
    assert.equal(answer.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
    assert.match(
      answer.headers.get("content-disposition") ?? "",
      /^attachment; filename="clients from 2026-05-03 at \d{4}-\d{2}-\d{2}T\d{4}\.csv"; /,
    );
    const [row] = parse(await answer.text(), { columns: true });
    assert.deepEqual(row, {
      client_id: "7",
      client_name: "•••",
      note: "'=cmd|' /C calc'!A0",
      revenue: "-1200.50",
      share: "0.3333333333333333333333",
      is_repeat: "true",
    });
    const second = await ask("/today.csv?table=second");
    assert.equal(
      await second.text(),
      "client_id,client_name,note,revenue,share,is_repeat\r\n",
    );
  }));

Deno.test("DASHBOARD_SHOW_PII shows personal values in the CSV", () =>
  withSite(async (ask) => {
    const [, row] = parse(await (await ask("/today.csv")).text());
    assert.equal(row?.[1], "<img src=x onerror=alert(1)>");
  }, { DASHBOARD_SHOW_PII: "1" }));

Deno.test("UI_LANG is the language, unless the address names another one", () =>
  withSite(async (ask) => {
    const lang = async (path: string) =>
      /<html lang="(\w+)"/.exec(await (await ask(path)).text())?.[1];
    assert.deepEqual([await lang("/"), await lang("/?lang=en")], ["ru", "en"]);
    const wrong = await ask("/?lang=de");
    assert.deepEqual([wrong.status, await lang("/?lang=de")], [400, "ru"]);
    await wrong.body?.cancel();
  }, { UI_LANG: "ru" }));

Deno.test("without a token a site answers to the names of this machine alone", () =>
  withSite(async (_ask, url) => {
    const port = new URL(url).port;
    const statuses = async (...hosts: string[]) =>
      await Promise.all(hosts.map((host) => statusFor(url, { host })));
    assert.deepEqual(
      await statuses(`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, "127.0.0.9"),
      [200, 200, 200, 200],
    );
    assert.deepEqual(
      await statuses("evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "10.0.0.1"),
      [403, 403, 403, 403],
    );
    for (const name of ["x-forwarded-for", "forwarded", "via", "x-real-ip"]) {
      assert.equal(await statusFor(url, { [name]: "203.0.113.7" }), 403, name);
    }
  }));

Deno.test("a site takes no other requests, and nothing that another origin sends", () =>
  withSite(async (ask, url) => {
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await ask("/", { method });
      assert.deepEqual([answer.status, answer.headers.get("allow")], [405, "GET, HEAD, POST"]);
      await answer.body?.cancel();
    }
    const retry = "/runs/daily_load_ods_cars/2026-05-03/retry";
    for (const origin of ["https://evil.example", "null", `${url}.evil.example`, ""]) {
      const answer = await ask(retry, { method: "POST", headers: origin ? { origin } : {} });
      assert.deepEqual([origin, answer.status, await answer.text()], [
        origin,
        403,
        "Another site has sent this. Do it from a page of this site.\n",
      ]);
    }
    // Without a token there is nothing to start, from its own pages either.
    const own = await ask(retry, { method: "POST", headers: { origin: url } });
    assert.equal(own.status, 400);
    assert.match(await own.text(), /Runs are started from here only when DASHBOARD_TOKEN is set\./);
  }));

Deno.test("with a token nothing is served without it but the page to log in", () =>
  withSite(async (ask, url) => {
    const asset = "/assets/style.0123456789abcdef.css";
    for (const path of ["/", "/today.csv", "/nothing", "/runs", "/faulty", asset, "/logout"]) {
      const answer = await ask(path);
      const html = await answer.text();
      assert.deepEqual([path, answer.status], [path, 401]);
      assert.match(html, /<form method="post" action="\/login">/);
      assert.doesNotMatch(html, /Today|assets\/|<img/);
      assert.equal(answer.headers.get("cache-control"), "no-store");
    }
    const post = await ask("/runs/x/2026-05-03/retry", {
      method: "POST",
      headers: { origin: url },
    });
    assert.equal(post.status, 401);
    await post.body?.cancel();
    const page = await ask("/login");
    assert.equal(page.status, 200);
    // Its one style is inside, and the browser may use no other.
    const [, style = ""] = /<style>([^<]*)<\/style>/.exec(await page.text()) ?? [];
    // Of the same colours as the site, whose stylesheet needs a session.
    const coloursOf = (text: string) =>
      [...text.matchAll(/--(main|bad|on-fill): [^;]+;/g)].slice(0, 6).join();
    assert.equal(coloursOf(style), coloursOf(SITE_STYLE));
    assert.match(style, /prefers-color-scheme: dark/);
    const hash = createHash("sha256").update(style).digest("base64");
    assert.match(
      page.headers.get("content-security-policy") ?? "",
      new RegExp(`style-src 'sha256-${hash.replaceAll("+", "\\+")}';`),
    );
    // The name does not matter then: a proxy in front has one of its own.
    assert.equal(await statusFor(url, { host: "rental.example", "x-forwarded-for": "x" }), 401);
    // A link on another site brings no cookie: the browser asks once more by itself.
    const linked = await ask("/?from=2026-05-03", { headers: { "sec-fetch-site": "cross-site" } });
    assert.match(await linked.text(), /<meta http-equiv="refresh" content="0"\/?>/);
  }, { DASHBOARD_TOKEN: TOKEN }));

const form = (fields: Readonly<Record<string, string>>, url: string, more = {}): RequestInit => ({
  method: "POST",
  body: new URLSearchParams(fields),
  headers: { origin: url, ...more },
});

Deno.test("logging in opens a session, and logging out ends it", () =>
  withSite(async (ask, url) => {
    const next = "/?from=2026-05-03";
    const answer = await ask("/login", form({ token: TOKEN, next }, url));
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, next]);
    const cookie = answer.headers.get("set-cookie") ?? "";
    assert.match(
      cookie,
      /^rental_session=[0-9a-f]{64}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    assert.ok(!cookie.includes(TOKEN));
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    const page = await ask("/", { headers });
    assert.equal(page.status, 200);
    assert.match(await page.text(), /action="\/logout"/);
    const wrong = await ask("/", { headers: { cookie: `rental_session=${TOKEN}` } });
    assert.equal(wrong.status, 401);
    await wrong.body?.cancel();
    const out = await ask("/logout", { method: "POST", headers: { ...headers, origin: url } });
    assert.deepEqual([out.status, out.headers.get("location")], [303, "/login"]);
    assert.match(out.headers.get("set-cookie") ?? "", /^rental_session=; Max-Age=0; /);
    const after = await ask("/", { headers });
    assert.equal(after.status, 401);
    await after.body?.cancel();
  }, { DASHBOARD_TOKEN: TOKEN }));

Deno.test("behind https the cookie is for https alone, and no login leads to another site", () =>
  withSite(async (ask, url) => {
    const secure = await ask(
      "/login",
      form({ token: TOKEN }, url, { "x-forwarded-proto": "https" }),
    );
    assert.match(secure.headers.get("set-cookie") ?? "", /; Secure/);
    for (
      const next of ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb: c", ""]
    ) {
      const answer = await ask("/login", form({ token: TOKEN, next }, url));
      assert.deepEqual([next, answer.headers.get("location")], [next, "/"]);
    }
    const foreign = await ask("/login", form({ token: TOKEN }, "https://evil.example"));
    assert.deepEqual([foreign.status, foreign.headers.get("set-cookie")], [403, null]);
    await foreign.body?.cancel();
  }, { DASHBOARD_TOKEN: TOKEN }));

Deno.test("wrong tokens are limited, and the right one waits with them", () =>
  withSite(async (ask, url) => {
    for (let i = 0; i < 5; i++) {
      const answer = await ask("/login", form({ token: `${TOKEN}${i}` }, url));
      assert.equal(answer.status, 401);
      assert.match(await answer.text(), /That is not the token\./);
    }
    const answer = await ask("/login", form({ token: TOKEN }, url));
    assert.equal(answer.status, 429);
    assert.match(answer.headers.get("retry-after") ?? "", /^(300|29\d)$/);
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.match(await answer.text(), /Too many wrong tokens\. Try again in \d+ s\./);
  }, { DASHBOARD_TOKEN: TOKEN }));

Deno.test("with a token the buttons start runs, for DAGs and dates that there are", () => {
  const started: string[] = [];
  const actions: ServeSite["actions"] = {
    refuses: (dag) => dag === "dag_a" ? null : dag === "dag_amo" ? "no_account" : "unknown_dag",
    retry: (dag, date, choice) => started.push(`retry ${dag} ${date} ${JSON.stringify(choice)}`),
    backfill: (dag, from, to) => started.push(`backfill ${dag} ${from} ${to}`),
  };
  return withSite(
    async (ask, url) => {
      const login = await ask("/login", form({ token: TOKEN }, url));
      const cookie = (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
      const post = async (path: string, fields: Record<string, string> = {}) => {
        const answer = await ask(path, form(fields, url, { cookie }));
        const text = plainText(await answer.text());
        return [answer.status, answer.headers.get("location") ?? text] as const;
      };
      assert.deepEqual(await post("/runs/dag_a/2026-05-03/retry"), [303, "/runs/dag_a/2026-05-03"]);
      assert.deepEqual(
        await post("/runs/dag_a/2026-05-03/retry", { force: "1", downstream: "1" }),
        [
          303,
          "/runs/dag_a/2026-05-03",
        ],
      );
      assert.deepEqual(
        await post("/runs/dag_a/2026-05-03/backfill", { from: "2026-05-01", to: "2026-05-03" }),
        [303, "/runs/dag_a/2026-05-03"],
      );
      assert.deepEqual(started, [
        'retry dag_a 2026-05-03 {"force":false,"downstream":false}',
        'retry dag_a 2026-05-03 {"force":true,"downstream":true}',
        "backfill dag_a 2026-05-01 2026-05-03",
      ]);
      for (
        const [path, fields, status, text] of [
          ["/runs/dag_b/2026-05-03/retry", {}, 404, /There is no DAG &quot;dag_b&quot;/],
          ["/runs/dag_amo/2026-05-03/retry", {}, 400, /Set AMO_SUBDOMAIN and AMO_TOKEN\./],
          ["/runs/dag_a/yesterday/retry", {}, 400, /DATE is &quot;yesterday&quot;/],
          ["/runs/dag_a/2999-01-01/retry", {}, 400, /DATE is 2999-01-01, which is still to come\./],
          ["/runs/dag_a/2026-05-03/backfill", {}, 400, /from is &quot;&quot;, expected a day/],
          [
            "/runs/dag_a/2026-05-03/backfill",
            { from: "2026-05-03", to: "2026-05-01" },
            400,
            /The period begins on 2026-05-03 and ends before that/,
          ],
          [
            "/runs/dag_a/2026-05-03/retry",
            { x: "y".repeat(20_000) },
            413,
            /This request is larger than any/,
          ],
        ] as const
      ) {
        const [found, said] = await post(path, fields);
        assert.deepEqual([path, found], [path, status]);
        assert.match(said, text);
      }
      assert.equal(started.length, 3);
    },
    { DASHBOARD_TOKEN: TOKEN },
    { actions },
  );
});

testOnBothWarehouses("a page finds its car and its model, deleted ones too", async (warehouse) => {
  await warehouse.sql`
    insert into dds.dim_car (car_id, model, is_deleted)
    values (12, 'Kia Rio', true), (13, null, false)
    on conflict do nothing
  `;
  await using site = serveTestSite(warehouse, pages);
  const statuses = ["?car=12", "?car=13&model=(none)", "?car=12&model=Kia+Rio", "?car=14"]
    .map(async (query) => {
      const answer = await fetch(`${site.url}/${query}`);
      await answer.body?.cancel();
      return answer.status;
    });
  assert.deepEqual(await Promise.all(statuses), [200, 200, 200, 404]);
  const html = await (await fetch(`${site.url}/?car=12`)).text();
  assert.deepEqual(html.match(/<option .*?<\/option>/g), [
    `<option value="">All models</option>`,
    `<option value="(none)" >(none)</option>`,
    `<option value="Kia Rio" >Kia Rio</option>`,
    `<option value="">All cars</option>`,
    `<option value="13" >(none) · 13</option>`,
    `<option value="12" selected>Kia Rio · 12</option>`,
  ]);
});
