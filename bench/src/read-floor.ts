import { Pool } from 'undici'

export type BlockRange = { from: number; to: number }

/** Ways of asking; which of them is the fastest depends on the node and the machine. */
const WAYS = [
  { batch: 1, concurrency: 16 },
  { batch: 10, concurrency: 4 },
  { batch: 10, concurrency: 20 },
  { batch: 50, concurrency: 8 },
] as const

/**
 * Seconds it takes merely to read headers and receipts of a range of blocks: the same calls that
 * the scanner makes, with the answers parsed and thrown away, in the best of several ways.
 */
export async function readFloor(rpcUrl: string, range: BlockRange): Promise<number> {
  const seconds: number[] = []
  for (const way of WAYS) seconds.push(await readOneWay(rpcUrl, range, way))
  return Math.min(...seconds)
}

async function readOneWay(
  rpcUrl: string,
  { from, to }: BlockRange,
  { batch, concurrency }: { batch: number; concurrency: number },
): Promise<number> {
  const pool = new Pool(rpcUrl, { connections: concurrency })
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
      next += batch
      const size = Math.min(batch, to - first + 1)
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
  await Promise.all(Array.from({ length: concurrency }, worker))
  const seconds = (performance.now() - beginning) / 1_000
  await pool.close()
  return seconds
}
