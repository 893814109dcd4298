import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { atOnce, good } from './month-calls.ts'
import { unpaidOf } from './month-payouts.ts'
import { type ShownPayment, type Stage, USD } from './month-stage.ts'
import type { CardPayments } from './planted-differences.ts'

/** Payments by card, and a refund, whose statement nobody reads until somebody imports it. */
export async function sellUnread({
  under,
  call,
  trade,
}: Stage): Promise<{ payments: CardPayments; refund: string }> {
  const { coffer, postgres } = under
  await coffer.apps.get('payments')?.stop()
  await coffer.startApp('payments', { env: { STATEMENT_EVERY_MS: '86400000' } })
  const isLate = async () => {
    const [row] = await postgres.execute<{ late: boolean }>(sql`
      select min(look_at) > now() + interval '1 hour' as late
      from payments.statements where is_complete is not true`)
    return row?.late
  }
  await waitFor(isLate, { what: 'the statement not to be read any more' })
  const body = { merchant: trade.merchants[0], asset: USD, channel: 'sandbox', card: 'tok_succeed' }
  const made = await atOnce(Array.from({ length: 6 }), async (_, place) => {
    const reference = `unread-${place}`
    const terms = { ...body, reference, amount: `${1_000 + place}` }
    const { id } = await good<ShownPayment>(call('POST', '/v1/payments', terms, reference))
    const isPaid = async () => {
      const { status } = await good<ShownPayment>(call('GET', `/v1/payments/${id}`))
      return status === 'paid'
    }
    await waitFor(isPaid, { what: 'a card to be charged' })
    return id
  })
  const [refunded = '', ...payments] = made
  const path = `/v1/payments/${refunded}/refunds`
  const isGranted = async (): Promise<string> => {
    const { status, body: answer } = await call('POST', path, { amount: '10' }, 'unread')
    return status === 202 ? `${answer['id']}` : ''
  }
  const refund = await waitFor(isGranted, { what: 'a refund to be granted' })
  const unpaid = await unpaidOf(call, 'refunds', [{ id: refund }])
  if (unpaid.size > 0) throw new Error(`The refund ${refund} has failed.`)
  return { payments: payments as unknown as CardPayments, refund }
}
