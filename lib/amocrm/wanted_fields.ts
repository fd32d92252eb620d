import type { WantedType } from "./field_types.ts";

/** A custom field that a column of STG is filled from. */
export interface WantedField {
  /** By which an account's field is known, the likelier one first. */
  readonly names: readonly string[];
  readonly isRequired: boolean;
  /** Few accounts have it: nobody is told where it is missing, and no loader creates it. */
  readonly isExtra?: true;
  /** How it is called and what type it gets when a loader creates it. */
  readonly label: string;
  readonly type: WantedType;
}

const required = (label: string, type: WantedType, ...names: string[]): WantedField => ({
  names,
  isRequired: true,
  label,
  type,
});
const optional = (label: string, type: WantedType, ...names: string[]): WantedField => ({
  names,
  isRequired: false,
  label,
  type,
});

const extra = (label: string, type: WantedType, ...names: string[]): WantedField => ({
  ...optional(label, type, ...names),
  isExtra: true,
});

// Required is what the star schema is built from: without it a run would quietly open a version of every
// record with an emptied column. For cars that is the plate, by which leads find their car, and the model,
// by which reports name it; a client is found by licence and named by name. The rest only describes.
/** STG column to its field, for each entity. */
export const WANTED_FIELDS: Readonly<Record<Entity, Readonly<Record<string, WantedField>>>> = {
  leads: {
    model: required("MODEL", "text", "model", "car model"),
    plate: required("PLATE", "text", "plate"),
    dailyrate: required("DAILYRATE", "numeric", "daily rate"),
    client_name: required("CLIENT NAME", "text", "client name"),
    license: required("LICENSE", "text", "license"),
    rental_start: required("Rental start", "date", "rental start"),
    rental_end: required("Rental end", "date", "rental end"),
  },
  clients: {
    client_name: required("Client name", "text", "client name"),
    gender: optional("Gender", "text", "gender"),
    phone: optional("Phone", "text", "phone"),
    email: optional("Email", "text", "email"),
    nationality: optional("Nationality", "text", "nationality"),
    birth_date: optional("Birth date", "birthday", "birth date"),
    license: required("License", "text", "license"),
  },
  cars: {
    model: required("Model", "text", "model"),
    color: optional("Color", "text", "color"),
    year: optional("Year", "numeric", "year"),
    plate: required("Plate", "text", "plate"),
    vin: optional("VIN", "text", "vin"),
    dailyrate: optional("Daily rate", "numeric", "daily rate"),
    in_fleet_from: extra("In fleet from", "date", "in fleet from"),
    in_fleet_to: extra("In fleet to", "date", "in fleet to"),
  },
};

/** The three things that are extracted. */
export type Entity = "leads" | "clients" | "cars";
