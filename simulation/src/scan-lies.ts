import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import type { Address } from '@coffer/evm/address'
import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import { readBatch } from '@coffer/evm/testing/read-batch'
import { HOT_WALLET } from './accepted-assets.ts'
import { isHappening } from './coverage.ts'
import type { Payments } from './payments.ts'
import { ownerOf } from './people.ts'
import type { Room } from './room.ts'
import { type ToldCall, toldCalls } from './told-calls.ts'

type Around = NonNullable<Parameters<MemoryScan['start']>[1]>
type RpcSource = ReturnType<Around['source']>

/**
 * What the nodes tell nobody but the scan: of calls there is no proof, so that only who reads them
 * again from somebody else, or looks at balances, can find it out.
 */
export type ScanLies = {
  around(source: RpcSource): RpcSource
  /** Whether a deposit was kept from the scan at some time. */
  hasHidden(id: string): boolean
  /** Amounts of a deposit that the scan was told, and that never moved. */
  hasMadeUp(id: string, amount: bigint): boolean
  /** The same, whatever the amount. */
  hasMadeUpAny(id: string): boolean
}

export type ScanLiesOptions = {
  /** Of a thousand answers that could be changed, how many are. */
  perMille: number
  payments: Payments
  chain: MemoryScan['chain']
}

/** So much more than is paid: enough to wait for what large amounts wait for. */
const INFLATION = 10n ** 9n

export function scanLies(room: Room, { perMille, payments, chain }: ScanLiesOptions): ScanLies {
  const hidden = new Set<string>()
  const madeUp = new Map<string, Set<bigint>>()
  const { random, coverage, trace } = room

  const lieAbout = (answer: unknown): unknown => {
    // Also when all else has healed: whatever the scan reads, the audit reads after it.
    if (!Array.isArray(answer) || random.below(1_000) >= perMille) return answer
    const lied = structuredClone(answer)
    const calls = toldCalls(lied).filter((call) => isDeposit(call) && !paysProducer(call))
    if (calls.length === 0) return answer
    const call = random.pick(calls)
    const position = call.path.length === 0 ? 'value' : `trace:${call.path.join('.')}`
    const id = `${CHAIN}:${call.txHash}:${position}`
    const what = tell(call, id)
    trace.say(`chain: the scan alone is told of a ${what}, ${id}`)
    const happening = `lie: ${what}`
    if (isHappening(happening)) coverage.saw(happening)
    return lied
  }
  /** What its producer earns by a block is told by his balance, less what else he was paid. */
  const paysProducer = ({ txHash, to }: ToldCall) => {
    const blocks = chain.blocks()
    const block = blocks.find(({ transactions }) =>
      transactions.some(({ hash }) => hash === txHash),
    )
    return block === undefined || block.producer === to
  }
  const tell = (call: ToldCall, id: string): string => {
    if (!call.hasFailed && random.below(3) > 0) {
      call.setValue(0n)
      hidden.add(id)
      return 'call hidden from the scan'
    }
    const amount = call.hasFailed ? call.value : call.value + INFLATION
    if (call.hasFailed) call.succeed()
    else call.setValue(amount)
    madeUp.set(id, (madeUp.get(id) ?? new Set()).add(amount))
    payments.allowCredit({ id, owner: ownerOf(call.to), amount })
    return call.hasFailed ? 'failed call that succeeded' : 'call of another amount'
  }
  return {
    around: (source) => ({
      ...source,
      pin: (work, options) => source.pin((rpc) => work(lyingRpc(rpc, lieAbout)), options),
    }),
    hasHidden: (id) => hidden.has(id),
    hasMadeUp: (id, amount) => madeUp.get(id)?.has(amount) ?? false,
    hasMadeUpAny: (id) => madeUp.has(id),
  }
}

/** An endpoint as the scan has it, whose answers about calls are changed. */
function lyingRpc<Rpc extends JsonRpc>(rpc: Rpc, lieAbout: (answer: unknown) => unknown): Rpc {
  const batch: JsonRpc['batch'] = async (calls) => {
    const answers = await rpc.batch(calls)
    return answers.map((answer, index) => (isOfCalls(calls[index]) ? lieAbout(answer) : answer))
  }
  const read: JsonRpc['read'] = (calls, reading) =>
    calls.some(isOfCalls) ? readBatch(rpc.name, batch)(calls, reading) : rpc.read(calls, reading)
  return { ...rpc, batch, read }
}

/** What our own pay becomes something else. */
const isDeposit = ({ from, to }: ToldCall) =>
  ownerOf(to) !== '' && ownerOf(from as Address) === '' && from !== HOT_WALLET

const isOfCalls = (call: RpcCall | undefined) => call?.method.includes('trace') ?? false
