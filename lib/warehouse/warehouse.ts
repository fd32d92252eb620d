import { getLogger } from "@logtape/logtape";
import type { Sql } from "postgres";

/** An open warehouse: a pool of connections, to be closed with `await using`. */
export interface Warehouse extends AsyncDisposable {
  readonly sql: Sql;
  /** Embedded: one process and one connection, so nothing may query while a transaction is open. */
  readonly kind: "server" | "embedded";
  /** For people: "rental_dw on db.example.com:5432" or the folder. */
  readonly description: string;
}

/** The warehouse cannot be opened; the message says why and what to check. */
export class WarehouseError extends Error {
  override readonly name = "WarehouseError";
}

export const log = getLogger(["warehouse"]);
