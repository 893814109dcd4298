import { ApiProblem } from '@coffer/client/api-problem'
import { answerOf, type CofferClient } from '@coffer/client/coffer-client'
import type { Withdrawal } from './books.ts'
import type { Journal } from './journal.ts'

/**
 * Has every withdrawal that is open come nearer to its end. What was asked for is sent under its
 * own key until it is answered: Coffer does it once, however often it hears of it.
 */
export async function payWithdrawals(journal: Journal, client: CofferClient): Promise<void> {
  for (const each of journal.books.withdrawals.values()) {
    if (each.status === 'asked') await send(each, journal, client)
    else if (each.status === 'accepted') await look(each, journal, client)
  }
}

async function send(
  { key, user, asset, to, amount }: Withdrawal,
  journal: Journal,
  client: CofferClient,
) {
  const params = { path: { id: user }, header: { 'idempotency-key': key } }
  const body = { asset, to, amount }
  try {
    const { id, fee } = await answerOf(client.POST('/v1/users/{id}/withdrawals', { params, body }))
    journal.write({ line: 'accepted', key, id, fee })
  } catch (error) {
    // Only a refusal says that it will never be paid. Silence says nothing.
    if (!isRefusal(error)) throw error
    journal.write({ line: 'ended', key, how: 'refused' })
  }
}

async function look({ key, id = '' }: Withdrawal, journal: Journal, client: CofferClient) {
  const params = { path: { id } }
  const { status } = await answerOf(client.GET('/v1/withdrawals/{id}', { params }))
  if (status !== 'completed' && status !== 'failed' && status !== 'cancelled') return
  journal.write({ line: 'ended', key, how: status })
}

/** 401 and 403 tell of our key, 409 that the first request is still under way. */
const isRefusal = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && [400, 404, 422].includes(error.problem.status)
