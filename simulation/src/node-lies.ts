import { TRANSFER, transferLog, word } from '@coffer/deposits/testing/fake-transfers'
import { headerHash } from '@coffer/evm/header-hash'
import type { RpcCall } from '@coffer/evm/json-rpc'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import type { Happening } from './coverage.ts'
import { LOG_LIES } from './log-lies.ts'
import { PEOPLE } from './people.ts'

/** An answer that isn't true, and what it is called. */
export type Lie = { happening: Happening; answer: unknown }

export type NodeLies = {
  /** Something untrue in the place of `honest`; `undefined` where there is nothing to lie about. */
  about(call: RpcCall, honest: unknown): Lie | undefined
  /** The call that an honest node must be asked, to answer one about a block that was made up. */
  asked(call: RpcCall): RpcCall
  /** What goes with the block that the call is about, where that was made up. */
  inCharacter(call: RpcCall, honest: unknown): unknown
}

type Json = Record<string, unknown>
type ListLie = (random: SeededRandom, receipts: readonly Json[]) => unknown

const HEADER_LIES = [
  'node: block null',
  'node: block on another parent',
  'node: block with another parent and a right hash',
  'node: block of another height',
] as const

export function nodeLies(random: SeededRandom): NodeLies {
  /** Hash of a block that was made up, and the honest one that it was made of. */
  const madeUp = new Map<string, string>()
  const heads: Json[] = []
  const headers: Json[] = []

  const onHeader = (call: RpcCall, header: Json): Lie | undefined => {
    const others = headers.filter(({ number }) => number !== header.number)
    headers.push(header)
    if (call.params[0] === 'latest') {
      heads.push(header)
      return { happening: 'node: old head', answer: random.pick(heads.slice(-12)) }
    }
    const happening = random.pick(HEADER_LIES)
    if (header.number === '0x0' && happening !== 'node: block null') return undefined
    if (happening === 'node: block null') return { happening, answer: null }
    if (happening === 'node: block of another height') {
      return others.length > 0 ? { happening, answer: random.pick(others) } : undefined
    }
    const moved = { ...header, parentHash: word(BigInt(random.below(1_000_000))) }
    if (happening === 'node: block on another parent') return { happening, answer: moved }
    const hash = headerHash(moved as never) ?? ''
    madeUp.set(hash, String(header.hash))
    return { happening, answer: { ...moved, hash } }
  }
  return {
    about(call, honest) {
      if (honest === null || honest === undefined) return undefined
      if (call.method === 'eth_getBlockByNumber') return onHeader(call, honest as Json)
      if (call.method === 'eth_getBlockReceipts') {
        const [happening, lie] = random.pick(RECEIPT_LIES)
        const answer = lie(random, honest as readonly Json[])
        return answer === undefined ? undefined : { happening, answer }
      }
      if (call.method === 'eth_getLogs') {
        const [happening, lie] = random.pick(LOG_LIES)
        const answer = lie(random, honest as readonly Json[])
        return answer === undefined ? undefined : { happening, answer }
      }
      if (call.method.includes('trace')) {
        const [happening, lie] = random.pick(TRACE_LIES)
        const answer = lie(random, honest as readonly Json[])
        return answer === undefined ? undefined : { happening, answer }
      }
      if (call.method === 'eth_chainId') return { happening: 'node: chain id null', answer: null }
      if (call.method === 'eth_call' || call.method === 'eth_getStorageAt') {
        return { happening: 'node: answer of a token null', answer: null }
      }
      if (call.method === 'eth_getTransactionCount' || call.method === 'eth_getCode') {
        return { happening: 'node: count or code null', answer: null }
      }
      if (call.method === 'eth_getBalance') return { happening: 'node: balance null', answer: null }
      if (call.method !== 'eth_getTransactionByHash') return undefined
      return random.below(3) === 0
        ? { happening: 'node: transaction null', answer: null }
        : {
            happening: 'node: transaction of another block',
            answer: { ...(honest as Json), blockHash: word(1n) },
          }
    },
    asked({ method, params }) {
      return { method, params: params.map((each) => madeUp.get(String(each)) ?? each) }
    },
    inCharacter({ method, params: [wanted] }, honest) {
      const hash = String(wanted)
      const isForged = method === 'eth_getBlockReceipts' && madeUp.has(hash)
      return isForged && Array.isArray(honest) ? ofBlock(hash, honest) : honest
    },
  }
}

const logsOf = (receipt: Json) => receipt.logs as readonly Json[]

const ofBlock = (blockHash: string, receipts: readonly Json[]) =>
  receipts.map((receipt) => ({
    ...receipt,
    blockHash,
    logs: logsOf(receipt).map((log) => ({ ...log, blockHash })),
  }))

/** Puts other logs into one receipt that has some; undefined when none has. */
const withLogs = (
  random: SeededRandom,
  receipts: readonly Json[],
  change: (logs: readonly Json[]) => readonly Json[],
) => {
  const having = receipts.filter((receipt) => logsOf(receipt).length > 0)
  if (having.length === 0) return undefined
  const chosen = random.pick(having)
  return receipts.map((receipt) =>
    receipt === chosen ? { ...receipt, logs: change(logsOf(receipt)) } : receipt,
  )
}

const onOneLog = (random: SeededRandom, receipts: readonly Json[], forged: (log: Json) => Json) =>
  withLogs(random, receipts, (logs) => {
    const chosen = random.pick(logs)
    return logs.map((log) => (log === chosen ? forged(log) : log))
  })

const RECEIPT_LIES: readonly (readonly [Happening, ListLie])[] = [
  ['node: receipts null', () => null],
  ['node: receipts cut', (_, receipts) => (receipts[0] ? receipts.slice(0, -1) : undefined)],
  ['node: receipt null', (_, receipts) => (receipts[0] ? [null, ...receipts.slice(1)] : undefined)],
  [
    'node: receipts of another block',
    (_, receipts) => (receipts[0] ? ofBlock(word(2n), receipts) : undefined),
  ],
  ['node: log missing', (random, all) => withLogs(random, all, (logs) => logs.slice(0, -1))],
  [
    'node: log removed',
    (random, all) => onOneLog(random, all, (log) => ({ ...log, removed: true })),
  ],
  [
    'node: log of another amount',
    (random, all) => onOneLog(random, all, (log) => ({ ...log, data: word(10n ** 20n) })),
  ],
  [
    'node: log of another receiver',
    (random, all) =>
      onOneLog(random, all, (log) => {
        const [topic = TRANSFER, from = TRANSFER] = log.topics as string[]
        return { ...log, topics: [topic, from, word(random.pick(PEOPLE).address)] }
      }),
  ],
  [
    'node: status flipped',
    (random, all) => {
      const bare = all.filter((receipt) => logsOf(receipt).length === 0)
      if (bare.length === 0) return undefined
      const chosen = random.pick(bare)
      const flipped = { ...chosen, status: chosen.status === '0x1' ? '0x0' : '0x1' }
      return all.map((receipt) => (receipt === chosen ? flipped : receipt))
    },
  ],
  [
    'node: log forged',
    (random, all) => {
      const last = all.at(-1)
      if (last === undefined || last.status !== '0x1') return undefined
      const logIndex = all.reduce((sum, receipt) => sum + logsOf(receipt).length, 0)
      const place = { blockHash: last.blockHash, transactionHash: last.transactionHash }
      const forged = {
        ...transferLog(random.pick(PEOPLE).address, 10n ** 20n),
        ...place,
        logIndex: `0x${logIndex.toString(16)}`,
        removed: false,
      }
      return [...all.slice(0, -1), { ...last, logs: [...logsOf(last), forged] }]
    },
  ],
]

const TRACE_LIES: readonly (readonly [Happening, ListLie])[] = [
  ['node: traces null', () => null],
  ['node: traces empty', (_, traces) => (traces[0] ? [] : undefined)],
  ['node: traces cut', (_, traces) => (traces[0] ? traces.slice(1) : undefined)],
  [
    'node: traces of another transaction',
    (_, traces) =>
      traces.map((trace) => ({ ...trace, txHash: word(3n), transactionHash: word(3n) })),
  ],
]
