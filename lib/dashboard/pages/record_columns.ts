import type { Column } from "../page/page.ts";

/** The lead of a row, by its id. */
export function leadColumn(title: string): Column {
  return { key: "lead_id", title, kind: "id", linkTo: (row) => `/history/lead/${row.lead_id}` };
}

/** The car of a row with `car_id`, by its plate, which another car may have as well. */
export function carColumn(title: string): Column {
  return {
    key: "plate",
    title,
    kind: "text",
    idKey: "car_id",
    isNamedApart: true,
    linkTo: (row) => row.car_id === null ? null : `/history/car/${row.car_id}`,
  };
}

/** The client of a row with `client_id`, by its name. */
export function clientColumn(title: string): Column {
  return {
    key: "client_name",
    title,
    kind: "text",
    isPersonal: true,
    idKey: "client_id",
    linkTo: (row) => row.client_id === null ? null : `/history/client/${row.client_id}`,
  };
}
