import { Pool } from 'undici'

export type BlockRange = { from: number; to: number }

/** Blocks in one request. */
const BATCH = 10

/** Requests in flight; on two cores more of them make the node no faster. */
const CONCURRENCY = 8

/**
 * Seconds it takes merely to read headers and receipts of a range of blocks: the same calls that
 * the scanner makes, in batches, with the answers parsed and thrown away.
 */
export async function readFloor(rpcUrl: string, { from, to }: BlockRange): Promise<number> {
  const pool = new Pool(rpcUrl, { connections: CONCURRENCY })
  const ask = async (calls: { method: string; params: unknown[] }[]) => {
    const response = await pool.request({
      path: '/',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))),
    })
    return (await response.body.json()) as { result: { hash: string } }[]
  }
  const beginning = performance.now()
  let next = from
  const worker = async () => {
    while (next <= to) {
      const first = next
      next += BATCH
      const size = Math.min(BATCH, to - first + 1)
      const headers = await ask(
        Array.from({ length: size }, (_, index) => ({
          method: 'eth_getBlockByNumber',
          params: [`0x${(first + index).toString(16)}`, false],
        })),
      )
      await ask(
        headers.map(({ result }) => ({ method: 'eth_getBlockReceipts', params: [result.hash] })),
      )
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  const seconds = (performance.now() - beginning) / 1_000
  await pool.close()
  return seconds
}
