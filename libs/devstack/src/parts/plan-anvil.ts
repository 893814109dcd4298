import { join } from 'node:path'
import { anvilBinary } from './anvil-binary.ts'
import type { PartPlan } from './part-plan.ts'
import { proveRpc } from './prove-rpc.ts'

/**
 * An Anvil that keeps its chain over `stop` and `start`. It holds the chain in memory and
 * writes it when it is asked to end, so that after a SIGKILL it begins anew.
 */
export function planAnvil(dir: string, extra: readonly string[] = []): PartPlan {
  const url = (port: number) => `http://127.0.0.1:${port}`
  // Anvil prints its address when it has bound it, unless it was told to print nothing.
  const silent = extra.some((argument) => ['-q', '--quiet', '--silent'].includes(argument))
  return {
    part: 'anvil',
    fetch: async () => {},
    configure: async (port) => ({
      command: anvilBinary(),
      args: [
        ...['--host', '127.0.0.1', '--port', String(port)],
        ...['--state', join(dir, 'anvil-state.json'), '--cache-path', join(dir, 'anvil')],
        ...extra,
      ],
    }),
    url,
    async prove({ port, log }) {
      if (!silent && !log().includes('Listening on')) throw new Error('Anvil has not bound yet.')
      await proveRpc(url(port))
    },
    gentleSignal: 'SIGTERM',
    lastSignal: 'SIGKILL',
  }
}
