import type { Hono } from "hono";
import { z } from "zod";
import type { ItemError } from "../account/refusals.ts";
import type { World } from "../account/world.ts";
import { asList, type BatchWrite, readJson, writeBatch } from "./batch.ts";
import {
  checkContact,
  type ContactKind,
  contactSchema,
  type ContactWrite,
  READ_ONLY_OF_CONTACTS,
  saveContact,
} from "./contact_changes.ts";
import { createLead } from "./lead_changes.ts";
import {
  checkLeadWrite,
  leadSchema,
  type LeadWrite,
  READ_ONLY_OF_LEADS,
  sourceSchema,
} from "./lead_input.ts";
import { hal } from "./problems.ts";

// The official client numbers them too.
const linkedSchema = contactSchema.extend({ request_id: z.string().nullish() });

type LinkedInput = z.infer<typeof linkedSchema>;

const complexSchema = leadSchema.extend({
  _embedded: z.strictObject({
    tags: leadSchema.shape._embedded.unwrap().unwrap().shape.tags,
    contacts: z.array(linkedSchema).max(1).nullish(),
    companies: z.array(linkedSchema).max(1).nullish(),
    source: sourceSchema.nullish(),
    // The form or call that the lead came in by; nothing of it is kept.
    metadata: z.record(z.string(), z.unknown()).nullish(),
  }).nullish(),
});

const READ_ONLY = new Set([
  ...READ_ONLY_OF_LEADS,
  ...["contacts", "companies"].flatMap((kind) =>
    [...READ_ONLY_OF_CONTACTS].map((key) => `_embedded.${kind}.*.${key}`)
  ),
]);

type ComplexInput = z.infer<typeof complexSchema>;

interface ComplexWrite {
  readonly write: LeadWrite;
  /** New ones, or known ones that the lead names by id. */
  readonly contact: ContactWrite | undefined;
  readonly company: ContactWrite | undefined;
}

/** `POST /leads/complex`: leads together with their contact and company; the answer is a bare array. */
export function addComplexRoute(app: Hono, world: World): void {
  app.post("/api/v4/leads/complex", async (context) => {
    const items = asList(await readJson(context));
    const { written } = writeBatch(world, items, complexCreation(world));
    // Here, and only here, request_id comes back as a list.
    return hal(
      written.map((item) =>
        "request_id" in item ? { ...item, request_id: [item.request_id] } : item
      ),
    );
  });
}

function complexCreation(world: World): BatchWrite<ComplexInput, ComplexWrite> {
  return {
    schema: complexSchema,
    readOnly: READ_ONLY,
    numbersItems: true,
    limit: 50,
    check(input, errors) {
      return {
        write: checkLeadWrite(world, withKnownOnly(input), undefined, errors),
        contact: checkLinked(world, "contacts", input._embedded?.contacts?.[0], errors),
        company: checkLinked(world, "companies", input._embedded?.companies?.[0], errors),
      };
    },
    apply({ write, contact, company }) {
      const contactId = contact === undefined ? null : saveContact(world, "contacts", contact).id;
      const companyId = company === undefined ? null : saveContact(world, "companies", company).id;
      const lead = createLead(world, write);
      if (contactId !== null) lead.contacts = [{ id: contactId, isMain: true }];
      lead.companyId = companyId;
      world.leads.changed(lead);
      return { id: lead.id, contact_id: contactId, company_id: companyId, merged: false };
    },
  };
}

/** The same lead for the common checks: linked ones that are named by id stay, new ones come later. */
function withKnownOnly(input: ComplexInput): LeadWrite["input"] {
  const known = (linked: readonly LinkedInput[] | null | undefined) =>
    (linked ?? []).flatMap(({ id }) => id === undefined ? [] : [{ id }]);
  const embedded = input._embedded;
  return {
    ...input,
    _embedded: {
      tags: embedded?.tags,
      source: embedded?.source,
      contacts: known(embedded?.contacts),
      companies: known(embedded?.companies),
    },
  };
}

function checkLinked(
  world: World,
  kind: ContactKind,
  input: LinkedInput | undefined,
  errors: ItemError[],
): ContactWrite | undefined {
  if (input === undefined) return undefined;
  const found: ItemError[] = [];
  const { request_id: _, ...contact } = input;
  const write = checkContact(world, kind, contact, contact.id === undefined, found);
  errors.push(...found.map((error) => ({ ...error, path: `_embedded.${kind}.0.${error.path}` })));
  return write;
}
