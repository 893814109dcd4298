import type { EventType } from '@coffer/events/catalogue'
import { approvalWanted } from './approval-wanted.ts'
import { depositConfirmed } from './deposit-confirmed.ts'
import { depositReversed } from './deposit-reversed.ts'
import { orderCreated } from './order-created.ts'
import { orderPaid } from './order-paid.ts'
import { paymentCreated } from './payment-created.ts'
import { paymentDuplicated } from './payment-duplicated.ts'
import { paymentFailed } from './payment-failed.ts'
import { paymentSucceeded } from './payment-succeeded.ts'
import { refundSucceeded } from './refund-succeeded.ts'
import { settlementCompleted } from './settlement-completed.ts'
import type { Template } from './template.ts'
import { webhookDisabled } from './webhook-disabled.ts'
import { withdrawalCompleted } from './withdrawal-completed.ts'
import { withdrawalFailed } from './withdrawal-failed.ts'

/** Every letter there is. */
const templates = [
  depositConfirmed,
  depositReversed,
  orderCreated,
  orderPaid,
  paymentCreated,
  paymentSucceeded,
  paymentFailed,
  paymentDuplicated,
  refundSucceeded,
  settlementCompleted,
  withdrawalCompleted,
  withdrawalFailed,
  approvalWanted,
  webhookDisabled,
] as const

/** By the type of event that they tell of. */
export const templateOf = (type: EventType): Template | undefined =>
  // Each is called with events of its own type only, and those are what its schema reads.
  templates.find((template) => template.type === type) as Template | undefined

export const LETTER_TYPES = templates.map(({ type }) => type)
