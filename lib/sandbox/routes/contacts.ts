import type { Hono } from "hono";
import type { Contact } from "../account/contacts.ts";
import { type Place, selfLink } from "../account/links.ts";
import type { World } from "../account/world.ts";
import { asItem, asList, batchResponse, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import { at, parseBrackets, texts } from "./bracket_query.ts";
import {
  checkContact,
  type ContactInput,
  type ContactKind,
  contactSchema,
  type ContactWrite,
  READ_ONLY_OF_CONTACTS,
  saveContact,
} from "./contact_changes.ts";
import { renderContact, selectContacts } from "./contact_list.ts";
import { listResponse, placeOf, readPage } from "./paging.ts";
import { hal, noContent } from "./problems.ts";

/** Lists, look-ups and writes of contacts and companies. */
export function addContactRoutes(app: Hono, world: World, kind: ContactKind): void {
  app.get(`/api/v4/${kind}`, (context) => {
    const url = new URL(context.req.url);
    const options = { page: readPage(url), switches: world.switches };
    const rows = selectContacts(world, kind, url);
    const wanted = wantedOf(url);
    const render = (contact: Contact, place: Place) =>
      renderContact(world, kind, contact, wanted, place);
    return listResponse(context, kind, rows, render, options);
  });
  app.get(`/api/v4/${kind}/:id{[0-9]+}`, (context) => {
    const contact = world[kind].get(Number(context.req.param("id")));
    if (contact === undefined) return noContent();
    const wanted = wantedOf(new URL(context.req.url));
    return hal(renderContact(world, kind, contact, wanted, placeOf(context)));
  });
  app.post(`/api/v4/${kind}`, async (context) => {
    const items = asList(await readJson(context));
    const write = contactBatch(world, kind, placeOf(context), true);
    return batchResponse(context, kind, writeBatch(world, items, write));
  });
  app.patch(`/api/v4/${kind}`, async (context) => {
    const items = asList(await readJson(context));
    const write = contactBatch(world, kind, placeOf(context), false);
    return batchResponse(context, kind, writeBatch(world, items, write));
  });
  app.patch(`/api/v4/${kind}/:id{[0-9]+}`, async (context) => {
    const item = asItem(await readJson(context), Number(context.req.param("id")));
    const write = contactBatch(world, kind, placeOf(context), false);
    return hal(writeBatch(world, [item], write).written[0]);
  });
}

function wantedOf(url: URL): ReadonlySet<string> {
  return new Set(texts(at(parseBrackets(url.search), "with")));
}

function contactBatch(
  world: World,
  kind: ContactKind,
  place: Place,
  isNew: boolean,
): BatchWrite<ContactInput, ContactWrite> {
  return {
    schema: contactSchema,
    readOnly: READ_ONLY_OF_CONTACTS,
    numbersItems: isNew,
    check: (input, errors) => checkContact(world, kind, input, isNew, errors),
    apply(write) {
      const contact = saveContact(world, kind, write);
      const links = { _links: selfLink(place, `${kind}/${contact.id}`) };
      return isNew
        ? { id: contact.id, ...links }
        : { id: contact.id, name: contact.name, updated_at: contact.updatedAt, ...links };
    },
  };
}
