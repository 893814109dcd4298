import type { AnvilClient } from './anvil-client.ts'

/**
 * Runs `work` while the node mines only when told to, then lets it mine as before. A transaction
 * that reaches Anvil in the moment in which the one before it is mined may be stuck in its pool
 * for ever, so whoever sends several in a row must send them while nothing is mined.
 */
export async function pauseMining<Result>(
  client: AnvilClient,
  work: () => Promise<Result>,
): Promise<Result> {
  const automine = await client.request<boolean>('anvil_getAutomine')
  const seconds = await client.request<number | null>('anvil_getIntervalMining')
  if (automine) await client.setAutomine(false)
  if (seconds !== null) await client.request('evm_setIntervalMining', [0])
  try {
    return await work()
  } finally {
    if (seconds !== null) await client.request('evm_setIntervalMining', [seconds])
    if (automine) await resumeAutomine(client)
  }
}

/** The node mines on arrival, so what arrived in the meantime would wait for the next arrival. */
async function resumeAutomine(client: AnvilClient): Promise<void> {
  await client.setAutomine(true)
  const { pending } = await client.request<{ pending: string }>('txpool_status')
  if (Number(pending) > 0) await client.mine()
}
