import { enqueue } from '@coffer/messaging/outbox'
import { bytesArray, textArray, timeArray } from '@coffer/postgres/binary-array'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sentTogether } from '@coffer/postgres/sent-together'
import type { PaymentAddresses } from '@coffer/wallets/payment-addresses'
import { type SQL, sql } from 'drizzle-orm'
import type { Known, PaymentRequest } from '../domain/decide-payments.ts'
import type { Creation, CreationRooms } from '../ports.ts'
import { knownKeys, knownMerchants, knownOrders } from './known-to-requests.ts'

export type CreationRoomsOptions = {
  postgres: Postgres
  addresses: Pick<PaymentAddresses, 'register'>
}

/** Somebody who makes the same at the same time is through when one of us is told. */
const ATTEMPTS_MAX = 5

/** {@link CreationRooms} in PostgreSQL. */
export const postgresCreationRooms =
  ({ postgres, addresses }: CreationRoomsOptions): CreationRooms =>
  async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await postgres.transaction((tx) =>
          work({
            look: (requests) => look(tx, requests),
            write: (creation) => write(tx, { addresses, creation }),
          }),
        )
      } catch (error) {
        if (attempt === ATTEMPTS_MAX || !isTaken(error)) throw error
      }
    }
  }

async function look(tx: Transaction, requests: readonly PaymentRequest[]): Promise<Known> {
  const merchants = [...new Set(requests.map(({ merchantId }) => merchantId))]
  const [merchantRows, orderRows, keyRows] = await sentTogether([
    knownMerchants(tx, merchants),
    knownOrders(tx, requests),
    knownKeys(tx, requests),
  ])
  return { merchants: merchantRows, orders: orderRows, keys: keyRows }
}

/** One round trip. Rows that others are checked against come first. */
async function write(
  tx: Transaction,
  { addresses, creation }: { addresses: CreationRoomsOptions['addresses']; creation: Creation },
): Promise<void> {
  const { made, answered, messages } = creation
  if (answered.length === 0) return
  await sentTogether([
    addresses.register(
      tx,
      made.map(({ payment: { id, merchantId } }) => ({ id, merchantId })),
      creation.addresses,
    ),
    ...(made.length === 0
      ? []
      : [tx.execute(insertOrders(made)), tx.execute(insertPayments(made))]),
    ...(made.some(({ card }) => card !== undefined) ? [tx.execute(insertCharges(made))] : []),
    tx.execute(insertKeys(answered)),
    enqueue(tx, messages),
  ])
}

function insertOrders(made: Creation['made']): SQL {
  const orders = made.filter(({ isOrderNew }) => isOrderNew)
  const all = <T>(column: (each: (typeof orders)[number]) => T) => orders.map(column)
  return sql`
    insert into payments.orders
      (id, merchant_id, reference, description, asset, amount, created_at)
    select id::uuid, merchant_id::uuid, reference, description, asset, amount::numeric, created_at
    from unnest(
      ${textArray(all(({ payment }) => payment.orderId))}::text[],
      ${textArray(all(({ payment }) => payment.merchantId))}::text[],
      ${textArray(all(({ payment }) => payment.order.reference))}::text[],
      ${textArray(all(({ description }) => description ?? null))}::text[],
      ${textArray(all(({ payment }) => payment.asset))}::text[],
      ${textArray(all(({ payment }) => `${payment.amount}`))}::text[],
      ${timeArray(all(({ payment }) => payment.createdAt))}::timestamptz[]
    ) as made (id, merchant_id, reference, description, asset, amount, created_at)`
}

function insertPayments(made: Creation['made']): SQL {
  const all = <T>(column: (payment: (typeof made)[number]['payment']) => T) =>
    made.map(({ payment }) => column(payment))
  return sql`
    insert into payments.payments (id, order_id, merchant_id, channel, asset, amount, fee, address,
      expires_at, created_at, status, received)
    select id::uuid, order_id::uuid, merchant_id::uuid, channel, asset, amount::numeric,
      fee::numeric, decode(substr(address, 3), 'hex'), expires_at, created_at, 'created', 0
    from unnest(
      ${textArray(all(({ id }) => id))}::text[],
      ${textArray(all(({ orderId }) => orderId))}::text[],
      ${textArray(all(({ merchantId }) => merchantId))}::text[],
      ${textArray(all(({ channel }) => channel))}::text[],
      ${textArray(all(({ asset }) => asset))}::text[],
      ${textArray(all(({ amount }) => `${amount}`))}::text[],
      ${textArray(all(({ fee }) => `${fee}`))}::text[],
      ${textArray(all(({ address }) => address ?? null))}::text[],
      ${timeArray(all(({ expiresAt }) => expiresAt))}::timestamptz[],
      ${timeArray(all(({ createdAt }) => createdAt))}::timestamptz[]
    ) as made (id, order_id, merchant_id, channel, asset, amount, fee, address, expires_at,
      created_at)`
}

/** Due at once: whoever charges looks for them. */
function insertCharges(made: Creation['made']): SQL {
  const charged = made.filter(({ card }) => card !== undefined)
  return sql`
    insert into payments.charges (payment_id, card, look_at)
    select payment_id::uuid, card, look_at
    from unnest(
      ${textArray(charged.map(({ payment }) => payment.id))}::text[],
      ${textArray(charged.map(({ card }) => card ?? null))}::text[],
      ${timeArray(charged.map(({ payment }) => payment.createdAt))}::timestamptz[]
    ) as made (payment_id, card, look_at)`
}

function insertKeys(answered: Creation['answered']): SQL {
  const all = <T>(column: (each: (typeof answered)[number]) => T) => answered.map(column)
  const paymentOf = ({ known }: (typeof answered)[number]) =>
    'payment' in known ? known.payment.id : null
  const refusalOf = ({ known }: (typeof answered)[number]) =>
    'refusal' in known ? known.refusal : null
  return sql`
    insert into payments.idempotency_keys
      (merchant_id, key, request_hash, payment_id, refusal, created_at)
    select merchant_id::uuid, key, request_hash, payment_id::uuid, refusal, now()
    from unnest(
      ${textArray(all(({ merchantId }) => merchantId))}::text[],
      ${textArray(all(({ key }) => key))}::text[],
      ${bytesArray(all(({ known }) => known.hash))}::bytea[],
      ${textArray(all(paymentOf))}::text[],
      ${textArray(all(refusalOf))}::text[]
    ) as answered (merchant_id, key, request_hash, payment_id, refusal)`
}

/** Two transactions made the same row, or wait for each other. */
function isTaken(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as Error & { code?: unknown }
    if (code === '23505' || code === '40P01') return true
  }
  return false
}
