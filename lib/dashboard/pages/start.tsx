import type { Page } from "../page/page.ts";

/** Stands at "/" until there is a page for it. */
export const startPage: Page = {
  path: "/",
  reads: "business",
  filters: [],
  defaultPeriod: (today) => ({ from: today, to: today }),
  render: ({ today }) =>
    Promise.resolve({
      title: "Rental Analytics",
      body: <p>{today.toString()}</p>,
      tables: [],
    }),
};
