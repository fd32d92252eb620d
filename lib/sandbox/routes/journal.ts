import type { Answer, Change } from "../account/journal.ts";
import type { World } from "../account/world.ts";
import { renderElement } from "./elements.ts";
import { renderHollowLead, renderLead } from "./lead.ts";

const PLACE = { origin: "", pageQuery: "" };
const ALL = new Set(["catalog_elements", "contacts", "loss_reason", "source_id"]);

/** The journal with every record as the API would show it; a lead in the trash is hollow, one that is gone null. */
export function renderJournal(world: World, skip: number): object[] {
  return world.journal.list().slice(skip).map((entry) => render(world, entry));
}

function render(world: World, entry: Change | Answer): object {
  if (entry.kind === "lead") {
    const { lead, ...rest } = entry;
    if (lead === null) return { ...rest, shown: null };
    const shown = lead.trashedAt === null
      ? renderLead(world, lead, ALL, PLACE)
      : renderHollowLead(world, lead, PLACE);
    return { ...rest, shown };
  }
  if (entry.kind === "element") {
    const { element, ...rest } = entry;
    const { catalogId, isDeleted } = element;
    return { ...rest, catalogId, shown: isDeleted ? null : renderElement(world, element, PLACE) };
  }
  return entry;
}
