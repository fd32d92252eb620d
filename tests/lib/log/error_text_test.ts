import assert from "node:assert/strict";
import { CommanderError } from "commander";
import { ConfigError } from "../../../lib/config.ts";
import { errorText, isTransient } from "../../../lib/log/error_text.ts";
import { exitCodeOfError } from "../../../lib/script/exit_code.ts";
import { SqlFileError } from "../../../lib/warehouse/sql_file.ts";
import { TransientError } from "../../../lib/transient_error.ts";
import { LockedError } from "../../../lib/file_lock.ts";
import { WarehouseError } from "../../../lib/warehouse/warehouse.ts";

/** An error as the driver throws it for an answer of the server. */
function serverError(code: string, text: string, more: object = {}): Error {
  return Object.assign(new Error(text), { name: "PostgresError", code, ...more });
}

Deno.test("errorText() masks personal data and cuts what is too long", () => {
  assert.equal(errorText(new Error("refused omar@example.ae")), "refused [e-mail]");
  assert.equal(errorText("call +971 50 123 4567"), "call [phone]");
  assert.equal(errorText(new Error("x".repeat(5000))).length, 4000);
});

Deno.test("errorText() shows of a server's error the code, and no value", () => {
  const detail = { detail: "Key (license)=(DXB 998877) already exists." };
  assert.equal(
    errorText(serverError("23505", 'duplicate key value violates "leads_pkey"', detail)),
    'duplicate key value violates "leads_pkey" (SQLSTATE 23505)',
  );
  assert.equal(
    errorText(serverError("22P02", 'invalid input syntax for type integer: "Omar Haddad"')),
    'invalid input syntax for type integer: "…" (SQLSTATE 22P02)',
  );
});

for (
  const [name, error, expected] of [
    ["a transient error", new TransientError("amoCRM answered 429"), true],
    ["a deadlock in a SQL file", new SqlFileError("sql/x.sql: deadlock", "40P01"), true],
    ["a server that shuts down", serverError("57P01", "terminating connection"), true],
    ["a broken connection", serverError("08006", "connection failure"), true],
    ["a refused connection", Object.assign(new Error("no"), { code: "ECONNREFUSED" }), true],
    ["a closed connection", Object.assign(new Error("no"), { code: "CONNECTION_CLOSED" }), true],
    ["a missing column in a SQL file", new SqlFileError("sql/x.sql: no column", "42703"), false],
    ["a cancelled query", serverError("57014", "canceling statement"), false],
    ["a violated constraint", serverError("23505", "duplicate key"), false],
    ["an error without a code", new Error("no such field"), false],
    ["a text", "no such field", false],
  ] as const
) {
  Deno.test(`isTransient() is ${expected} for ${name}`, () => {
    assert.equal(isTransient(error), expected);
  });
}

for (
  const [error, code] of [
    [new ConfigError("wrong"), 2],
    [new LockedError("locked"), 4],
    [new WarehouseError("no server"), 1],
    [new CommanderError(0, "commander.helpDisplayed", ""), 0],
    [new CommanderError(1, "commander.unknownOption", ""), 2],
    [new Error("anything"), 1],
  ] as const
) {
  Deno.test(`exitCodeOfError() is ${code} for ${error.name} (${error.message})`, () => {
    assert.equal(exitCodeOfError(error), code);
  });
}
