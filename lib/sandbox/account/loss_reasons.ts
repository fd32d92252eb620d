/** Why a lead was lost; only leads in status 143 carry one. */
export interface LossReason {
  readonly id: number;
  name: string;
  sort: number;
  readonly createdAt: number;
  updatedAt: number;
}
