import type { Column } from "../page/page.ts";

/** The lead of a row, by its id. */
export function leadColumn(title: string): Column {
  return { key: "lead_id", title, kind: "id", linkTo: (row) => `/history/lead/${row.lead_id}` };
}

/** The car of a row with `car_id`, by its plate. */
export function carColumn(title: string): Column {
  return {
    key: "plate",
    title,
    kind: "text",
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
    linkTo: (row) => row.client_id === null ? null : `/history/client/${row.client_id}`,
  };
}
