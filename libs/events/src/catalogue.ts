import type { z } from 'zod'
import { transactionCreated } from './accounting-events.ts'
import { statementLine } from './channel-events.ts'
import { merchantCreated, merchantUpdated } from './merchant-events.ts'
import {
  notificationFailed,
  notificationSent,
  webhookEndpointDisabled,
} from './notification-events.ts'
import { orderCancelled, orderCreated, orderPaid, orderRefunded } from './order-events.ts'
import {
  chargeReversed,
  chargeSucceeded,
  paymentCreated,
  paymentDuplicated,
  paymentExpired,
  paymentFailed,
  paymentSucceeded,
  refundFailed,
  refundRequested,
  refundSucceeded,
} from './payment-events.ts'
import { settlementCompleted, settlementCreated } from './settlement-events.ts'
import {
  ACCOUNTING_EVENTS,
  CHANNEL_EVENTS,
  MERCHANT_EVENTS,
  NOTIFICATION_EVENTS,
  ORDER_EVENTS,
  PAYMENT_EVENTS,
  SETTLEMENT_EVENTS,
  WALLET_EVENTS,
} from './topics.ts'
import { depositConfirmed, depositReversed, depositSuspended } from './wallet-events.ts'
import {
  withdrawalApproved,
  withdrawalBroadcast,
  withdrawalCancelled,
  withdrawalCompleted,
  withdrawalFailed,
  withdrawalRequested,
} from './withdrawal-events.ts'

/** Every type of event: the topic that carries it and the schema of its data. */
export const catalogue = {
  'deposit.confirmed': { topic: WALLET_EVENTS, data: depositConfirmed },
  'deposit.suspended': { topic: WALLET_EVENTS, data: depositSuspended },
  'deposit.reversed': { topic: WALLET_EVENTS, data: depositReversed },
  'withdrawal.requested': { topic: WALLET_EVENTS, data: withdrawalRequested },
  'withdrawal.approved': { topic: WALLET_EVENTS, data: withdrawalApproved },
  'withdrawal.broadcast': { topic: WALLET_EVENTS, data: withdrawalBroadcast },
  'withdrawal.completed': { topic: WALLET_EVENTS, data: withdrawalCompleted },
  'withdrawal.failed': { topic: WALLET_EVENTS, data: withdrawalFailed },
  'withdrawal.cancelled': { topic: WALLET_EVENTS, data: withdrawalCancelled },
  'transaction.created': { topic: ACCOUNTING_EVENTS, data: transactionCreated },
  'order.created': { topic: ORDER_EVENTS, data: orderCreated },
  'order.paid': { topic: ORDER_EVENTS, data: orderPaid },
  'order.cancelled': { topic: ORDER_EVENTS, data: orderCancelled },
  'order.refunded': { topic: ORDER_EVENTS, data: orderRefunded },
  'payment.created': { topic: PAYMENT_EVENTS, data: paymentCreated },
  'payment.succeeded': { topic: PAYMENT_EVENTS, data: paymentSucceeded },
  'payment.failed': { topic: PAYMENT_EVENTS, data: paymentFailed },
  'payment.expired': { topic: PAYMENT_EVENTS, data: paymentExpired },
  'payment.duplicated': { topic: PAYMENT_EVENTS, data: paymentDuplicated },
  'charge.succeeded': { topic: PAYMENT_EVENTS, data: chargeSucceeded },
  'charge.reversed': { topic: PAYMENT_EVENTS, data: chargeReversed },
  'refund.requested': { topic: PAYMENT_EVENTS, data: refundRequested },
  'refund.succeeded': { topic: PAYMENT_EVENTS, data: refundSucceeded },
  'refund.failed': { topic: PAYMENT_EVENTS, data: refundFailed },
  'merchant.created': { topic: MERCHANT_EVENTS, data: merchantCreated },
  'merchant.updated': { topic: MERCHANT_EVENTS, data: merchantUpdated },
  'settlement.created': { topic: SETTLEMENT_EVENTS, data: settlementCreated },
  'settlement.completed': { topic: SETTLEMENT_EVENTS, data: settlementCompleted },
  'statement.line': { topic: CHANNEL_EVENTS, data: statementLine },
  'notification.sent': { topic: NOTIFICATION_EVENTS, data: notificationSent },
  'notification.failed': { topic: NOTIFICATION_EVENTS, data: notificationFailed },
  'webhook-endpoint.disabled': { topic: NOTIFICATION_EVENTS, data: webhookEndpointDisabled },
} as const

export type EventType = keyof typeof catalogue

/** The data of an event once it was read and checked. */
export type EventData<T extends EventType> = z.output<(typeof catalogue)[T]['data']>

/** The data of an event as it is written: JSON values only. */
export type EventWire<T extends EventType> = z.input<(typeof catalogue)[T]['data']>

export const isEventType = (text: string): text is EventType => Object.hasOwn(catalogue, text)
