import type { ApiClient } from '../api-client.ts'
import type { Progress } from '../progress.ts'
import type { Coffer } from '../start-coffer.ts'
import { waitUntil } from './wait-until.ts'

type Run = { id: string; status: string; checked: number; opened: number }

export type OpenDifference = { kind: string; place: string; subject: string }

/** Holds the books against the chain, and answers what differs. */
export async function openReconciliation({
  coffer,
  api,
  tell,
}: {
  coffer: Coffer
  api: ApiClient
  tell: Pick<Progress, 'line'>
}): Promise<{ open: OpenDifference[] }> {
  const chain = coffer.chain?.chain
  for (const scope of [{ scope: 'channel' }, { scope: 'chain', chain, whole: true }]) {
    const asked = await api<Run>('POST', '/v1/reconciliation/runs', scope)
    let run = asked
    const until = async () => {
      run = await api<Run>('GET', `/v1/reconciliation/runs/${asked.id}`)
      return run.status !== 'running'
    }
    await waitUntil({ what: `the ${scope.scope} is reconciled`, until })
    tell.line(`the ${scope.scope}: ${run.checked} things held against it, ${run.opened} differ`)
  }
  const path = '/v1/reconciliation/differences?status=open&limit=200'
  return { open: (await api<{ items: OpenDifference[] }>('GET', path)).items }
}
