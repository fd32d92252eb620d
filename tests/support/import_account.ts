import type { SwitchChanges } from "../../lib/sandbox/account/switches.ts";
import { type LoaderProcess, withFreshAccount } from "./loader_process.ts";
import { at } from "./sandbox_calls.ts";

/** An account with the catalogs "Cars" and "Clients", and their ids. */
export interface Catalogs extends LoaderProcess {
  readonly cars: number;
  readonly clients: number;
}

/** Registers a test on an account with both catalogs and no element. */
export function testImport(
  name: string,
  body: (loaders: Catalogs) => Promise<void>,
  switches: SwitchChanges = {},
): void {
  Deno.test(name, () =>
    withFreshAccount(async (loaders) => {
      const [cars = 0, clients = 0] = await createCatalogs(loaders);
      loaders.sandbox.setSwitches(switches);
      loaders.takeWrites();
      await body({ ...loaders, cars, clients });
    }));
}

async function createCatalogs({ call }: LoaderProcess): Promise<number[]> {
  const body = await call("POST", "/api/v4/catalogs", [{ name: "Cars" }, { name: "Clients" }]);
  const ids = [0, 1].map((i) => Number(at(body, "_embedded", "catalogs", i, "id")));
  const text = (name: string) => ({ name, type: "text" });
  const number = (name: string) => ({ name, type: "numeric" });
  await call("POST", `/api/v4/catalogs/${ids[0]}/custom_fields`, [
    ...["Model", "Color", "Plate", "VIN"].map(text),
    ...["Year", "Daily rate"].map(number),
  ]);
  await call("POST", `/api/v4/catalogs/${ids[1]}/custom_fields`, [
    ...["Client name", "Gender", "Phone", "Email", "Nationality", "License"].map(text),
    { name: "Birth date", type: "birthday" },
  ]);
  return ids;
}

/** Elements with their values by field name. */
export async function readElements({ list }: LoaderProcess, catalog: number) {
  const elements = await list(`/api/v4/catalogs/${catalog}/elements?limit=250`, "elements");
  return elements.map((element) => {
    const fields = at(element, "custom_fields_values");
    const values = (Array.isArray(fields) ? fields : [])
      .map((field) => [at(field, "field_name"), at(field, "values", 0, "value")]);
    return { name: at(element, "name"), ...Object.fromEntries(values) };
  });
}
