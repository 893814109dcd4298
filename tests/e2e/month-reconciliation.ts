import { waitFor } from '@coffer/testkit/wait-for'
import { type Call, good, listed } from './month-calls.ts'
import type { Planted } from './planted-differences.ts'

export type Open = {
  kind: string
  place: string
  subject: string
  ours: { asset: string; amount: string } | null
  theirs: { asset: string; amount: string } | null
}

type Run = { id: string; status: string; lastError: string | null }

/** Holds the books against the statements of today; answers what differs. */
export async function reconcileCards(call: Call): Promise<Open[]> {
  const day = new Date().toISOString().slice(0, 10)
  const asked = { scope: 'channel', day }
  const { id } = await good<Run>(call('POST', '/v1/reconciliation/runs', asked))
  const isOver = async () => {
    const run = await good<Run>(call('GET', `/v1/reconciliation/runs/${id}`))
    if (run.status === 'failed') throw new Error(`A run failed: ${run.lastError}`)
    return run.status === 'done'
  }
  await waitFor(isOver, { what: 'statements to be reconciled', timeoutMs: 90_000 })
  return await listed<Open>(call, '/v1/reconciliation/differences?status=open')
}

/** What was planted and not found, and what was found and not planted. */
export function unexplained(open: readonly Open[], planted: readonly Planted[]): string[] {
  const isOf = (difference: Open, { kind, about }: Planted) =>
    difference.kind === kind && JSON.stringify(difference).includes(about)
  const unfound = planted.filter((each) => open.filter((one) => isOf(one, each)).length !== 1)
  const invented = open.filter((one) => !planted.some((each) => isOf(one, each)))
  return [
    ...unfound.map(({ name }) => `not found once: ${name}`),
    ...invented.map((each) => `invented: ${JSON.stringify(each)}`),
  ]
}
