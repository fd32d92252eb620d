import type { FieldValues } from "./field_values.ts";

/** A list of things that leads can be linked to, such as cars. */
export interface Catalog {
  readonly id: number;
  name: string;
  sort: number;
  readonly type: string;
  canAddElements: boolean;
  canShowInCards: boolean;
  canLinkMultiple: boolean;
  readonly createdAt: number;
  updatedAt: number;
}

/** One entry of a catalog: a car, a client. */
export interface CatalogElement {
  readonly id: number;
  readonly catalogId: number;
  name: string;
  /** 0: the API. */
  createdBy: number;
  updatedBy: number;
  readonly createdAt: number;
  updatedAt: number;
  isDeleted: boolean;
  fieldValues: FieldValues;
}
