import { bytesArray, textArray, timeArray, uuidArray } from '@coffer/postgres/binary-array'
import { fixedStatement } from '@coffer/postgres/fixed-statement'
import { sql } from 'drizzle-orm'
import type { NewPayment } from '../domain/decide-payments.ts'
import type { Creation } from '../ports.ts'

type All = readonly NewPayment[]

/** The orders of payments that are made with them. */
export const insertOrders = fixedStatement<All>((value) => {
  const texts = (text: (made: NewPayment) => string | null) =>
    value((all) => textArray(all.map(text)))
  const uuids = (uuid: (payment: NewPayment['payment']) => string) =>
    value((all) => uuidArray(all.map(({ payment }) => uuid(payment))))
  return sql`
    insert into payments.orders
      (id, merchant_id, reference, description, asset, amount, created_at)
    select id, merchant_id, reference, description, asset, amount::numeric, created_at
    from unnest(
      ${uuids(({ orderId }) => orderId)}::uuid[],
      ${uuids(({ merchantId }) => merchantId)}::uuid[],
      ${texts(({ payment }) => payment.order.reference)}::text[],
      ${texts(({ description }) => description ?? null)}::text[],
      ${texts(({ payment }) => payment.asset)}::text[],
      ${texts(({ payment }) => `${payment.amount}`)}::text[],
      ${value((all) => timeArray(all.map(({ payment }) => payment.createdAt)))}::timestamptz[]
    ) as made (id, merchant_id, reference, description, asset, amount, created_at)`
})

export const insertPayments = fixedStatement<All>((value) => {
  const texts = (text: (payment: NewPayment['payment']) => string | null) =>
    value((all) => textArray(all.map(({ payment }) => text(payment))))
  const uuids = (uuid: (payment: NewPayment['payment']) => string) =>
    value((all) => uuidArray(all.map(({ payment }) => uuid(payment))))
  const times = (time: (payment: NewPayment['payment']) => Date) =>
    value((all) => timeArray(all.map(({ payment }) => time(payment))))
  return sql`
    insert into payments.payments (id, order_id, merchant_id, channel, asset, amount, fee, address,
      expires_at, created_at, status, received)
    select id, order_id, merchant_id, channel, asset, amount::numeric,
      fee::numeric, decode(substr(address, 3), 'hex'), expires_at, created_at, 'created', 0
    from unnest(
      ${uuids(({ id }) => id)}::uuid[],
      ${uuids(({ orderId }) => orderId)}::uuid[],
      ${uuids(({ merchantId }) => merchantId)}::uuid[],
      ${texts(({ channel }) => channel)}::text[],
      ${texts(({ asset }) => asset)}::text[],
      ${texts(({ amount }) => `${amount}`)}::text[],
      ${texts(({ fee }) => `${fee}`)}::text[],
      ${texts(({ address }) => address ?? null)}::text[],
      ${times(({ expiresAt }) => expiresAt)}::timestamptz[],
      ${times(({ createdAt }) => createdAt)}::timestamptz[]
    ) as made (id, order_id, merchant_id, channel, asset, amount, fee, address, expires_at,
      created_at)`
})

/** Of payments that charge a card. Due at once: whoever charges looks for them. */
export const insertCharges = fixedStatement<All>(
  (value) => sql`
    insert into payments.charges (payment_id, card, look_at)
    select payment_id, card, look_at
    from unnest(
      ${value((all) => uuidArray(all.map(({ payment }) => payment.id)))}::uuid[],
      ${value((all) => textArray(all.map(({ card }) => card ?? null)))}::text[],
      ${value((all) => timeArray(all.map(({ payment }) => payment.createdAt)))}::timestamptz[]
    ) as made (payment_id, card, look_at)`,
)

/** What is answered to requests that are repeated. */
export const insertKeys = fixedStatement<Creation['answered']>((value) => {
  const texts = (text: (answer: Creation['answered'][number]) => string | null) =>
    value((all) => textArray(all.map(text)))
  const uuids = (uuid: (answer: Creation['answered'][number]) => string | null) =>
    value((all) => uuidArray(all.map(uuid)))
  return sql`
    insert into payments.idempotency_keys
      (merchant_id, key, request_hash, payment_id, refusal, created_at)
    select merchant_id, key, request_hash, payment_id, refusal, now()
    from unnest(
      ${uuids(({ merchantId }) => merchantId)}::uuid[],
      ${texts(({ key }) => key)}::text[],
      ${value((all) => bytesArray(all.map(({ known }) => known.hash)))}::bytea[],
      ${uuids(({ known }) => ('payment' in known ? known.payment.id : null))}::uuid[],
      ${texts(({ known }) => ('refusal' in known ? known.refusal : null))}::text[]
    ) as answered (merchant_id, key, request_hash, payment_id, refusal)`
})
