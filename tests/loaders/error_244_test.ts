import assert from "node:assert/strict";
import { withLoaderAccount } from "../support/loader_account.ts";

const ANSWER = await Deno.readTextFile("tests/testdata/cases/error_244/answer_400.json");

/** A gateway in front of an account that refuses new leads with this answer. */
function refuseLeads(account: string) {
  const posts: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      if (request.method === "POST" && pathname === "/api/v4/leads") {
        posts.push(pathname);
        const headers = { "content-type": "application/problem+json" };
        return new Response(ANSWER, { status: 400, headers });
      }
      const body = request.method === "GET" ? null : await request.arrayBuffer();
      const { method, headers } = request;
      return await fetch(account + pathname + search, { method, headers, body });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    posts,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("calendar_importer ends at the first 400 with code 244 and names rights and subscription", () =>
  withLoaderAccount(async ({ sandbox, folder, run }) => {
    await using gateway = refuseLeads(sandbox.url);
    const file = `${folder}/rental.ics`;
    await Deno.writeTextFile(
      file,
      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTART;VALUE=DATE:20260510\r\n" +
        "DTEND;VALUE=DATE:20260513\r\nSUMMARY:A 10\r\nEND:VEVENT\r\nEND:VCALENDAR",
    );
    const { code, stderr } = await run("calendar_importer", ["--file", file, "--yes"], {
      AMO_BASE_URL: gateway.url,
    });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Cannot write \/api\/v4\/leads: amoCRM answered 400 with code 244, expected 200: the rights of the token's user do not cover this, or the account's subscription has ended: look at both in amoCRM/,
    );
    assert.deepEqual(gateway.posts, ["/api/v4/leads"]);
  }));
