import { setTimeout } from 'node:timers/promises'
import type { FaultContext, ProxiedAnswer, ProxiedCall, RpcFault } from './rpc-fault.ts'

/** What goes wrong between a client and an honest node. */
export const rpcFaults = {
  /** The answer comes late by `ms`. */
  delay: (ms: number): RpcFault => ({
    before: async (_, { signal }) => {
      await setTimeout(ms, undefined, { signal })
    },
  }),

  /** The connection is reset instead of an answer. */
  drop: (): RpcFault => ({ takeOver: (response) => response.socket?.resetAndDestroy() }),

  /** The call is taken and never answered, on a connection that stays open. */
  halfOpen: (): RpcFault => ({ takeOver: () => undefined }),

  /** The answer begins and never ends, on a connection that stays open. */
  halfOpenWithin: (): RpcFault => ({
    send: (response, body) => response.write(body.slice(0, body.length / 2)),
  }),

  /** An HTTP error such as 429 or 503. */
  status: (status: number, options: { retryAfter?: string } = {}): RpcFault => ({
    takeOver(response) {
      if (options.retryAfter !== undefined) response.setHeader('retry-after', options.retryAfter)
      response.writeHead(status).end('no')
    },
  }),

  /** Half of the answer, as if it were all. */
  cutJson: (): RpcFault => ({
    send: (response, body) => response.end(body.slice(0, body.length / 2)),
  }),

  /** Half of the answer, and then the connection is reset. */
  cutConnection: (): RpcFault => ({
    send(response, body) {
      response.setHeader('content-length', Buffer.byteLength(body))
      response.write(body.slice(0, body.length / 2), () => response.socket?.resetAndDestroy())
    },
  }),

  /** The call is refused. */
  error: (code: number, message: string): RpcFault => ({
    instead: async ({ id }) => ({ jsonrpc: '2.0', id, error: { code, message } }),
  }),

  /** The node knows nothing of it. */
  nullResult: (): RpcFault => ({ result: () => null }),

  /** Another node answers, as behind a balancer whose nodes disagree. */
  otherNode: (url: string): RpcFault => ({ node: url }),

  /** Something happens between the client's calls, such as a reorg. */
  before: (hook: (call: ProxiedCall) => Promise<void> | void): RpcFault => ({
    before: (call) => hook(call),
  }),

  /** The answers of a batch come in another order. */
  batchReordered: (): RpcFault => ({
    batch: (answers, { random }: FaultContext) => random.shuffle(answers),
  }),

  /** `count` answers of a batch are missing. */
  batchIncomplete: (count = 1): RpcFault => ({
    batch: (answers, { random }) => random.shuffle(answers).slice(count),
  }),

  /** A batch is refused as a whole, by one object. */
  batchRefused: (code: number, message: string): RpcFault => ({
    batch: (): ProxiedAnswer => ({ jsonrpc: '2.0', id: null, error: { code, message } }),
  }),
}
