/* What other capabilities may ask of delivery: what was sent, and what is queued. */

export { countWorkspaceDeliveries } from './delivery-counts.ts'
export { viewDeliveries } from './delivery-view.ts'
