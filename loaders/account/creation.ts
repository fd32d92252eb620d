import type { AccountWriter } from "./account_writer.ts";
import { type SetupLine, toCreatedLine } from "./setup_line.ts";

/** Something with a name that the account is to have. */
export interface Wanted {
  readonly name: string;
}

/** A list of the account in which names are unique as far as loaders go. */
export interface NamedList<Item> {
  /** For messages, one and many: "field of leads", "fields of leads". */
  readonly kind: string;
  readonly what: string;
  readonly path: string;
  /** The name of the list in answers. */
  readonly collection: string;
  toBody(item: Item): object;
  /** For dry runs; by default kind and name. */
  describe?(item: Item): string;
  /** Reads the list anew and returns the id of each item that is there. */
  findWritten(items: readonly Item[]): Promise<ReadonlyMap<Item, number>>;
}

/** Creates the items and returns a line for each, in their order. */
export async function createAll<Item extends Wanted>(
  writer: AccountWriter,
  list: NamedList<Item>,
  items: readonly Item[],
): Promise<SetupLine[]> {
  const { written, refused } = await writer.writeAll(list.what, {
    describe: ({ name }) => `${list.kind} "${name}"`,
    ...list,
    method: "POST",
    items,
  });
  return items.map((item) =>
    toCreatedLine(
      list.kind,
      item.name,
      written.get(item),
      refused.find((one) => one.item === item)?.faults,
    )
  );
}
