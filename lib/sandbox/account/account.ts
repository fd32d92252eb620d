/** The emulated account. */
export interface Account {
  readonly id: number;
  readonly subdomain: string;
  /** The administrator whom tokens act for. */
  readonly userId: number;
  /** IANA name; custom-field dates are midnights of this zone. */
  readonly timezone: string;
  readonly currency: string;
  readonly createdAt: number;
}
