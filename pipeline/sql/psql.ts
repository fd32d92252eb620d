import { type Config, ConfigError } from "../../lib/config.ts";

/** The command that opens the warehouse's server in psql; the password is not in it, psql asks for it. */
export function psqlCommand({ pg }: Pick<Config, "pg">): string {
  if (!pg) {
    throw new ConfigError(
      "Cannot name a command for psql: PG_HOST is not set, so the warehouse is an embedded one, " +
        'expected a server: look into it with deno task sql "select …"',
    );
  }
  const parts = [
    ["host", pg.host],
    ["port", String(pg.port)],
    ["dbname", pg.database],
    ["user", pg.user],
    ["sslmode", pg.sslmode],
  ].map(([name, value]) => `${name}=${quoteValue(value ?? "")}`);
  return `psql ${quoteArgument(parts.join(" "))}`;
}

/** Of a connection string of libpq. */
function quoteValue(value: string): string {
  if (/^[\w.:@%/-]+$/.test(value)) return value;
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Of a shell. */
function quoteArgument(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
