import type { Address } from '@coffer/evm/address'
import { type JsonRpc, RpcAnswerError, type RpcCall } from '@coffer/evm/json-rpc'
import type { Asset, AssetId } from '@coffer/money/asset'
import type { BalanceReader, Holding } from '../balance-ports.ts'
import type { BlockRef } from '../domain/block.ts'
import { readTransferLog, TRANSFER_TOPIC } from '../domain/transfer-log.ts'
import { callAnswers } from './call-answers.ts'
import type { RpcSource } from './json-rpc-chain-reader.ts'
import type { RpcLog } from './rpc-answers.ts'
import { balanceCall } from './token-gains.ts'

/** Blocks over which logs are asked for at once, and at most in all. */
const LOG_BLOCKS = 1_000n
const LOG_BLOCKS_MAX = 10_000n

/** How nodes say that they dropped the state of a block. */
const GONE =
  /missing trie node|state.{0,80}(not available|unavailable|pruned|missing)|pruned|no state/i

/** Balances as a chain's nodes tell them: of what nobody has proven, so they only raise alarms. */
export function jsonRpcBalances(source: RpcSource, assets: readonly Asset[]): BalanceReader {
  const contracts = new Map<AssetId, Address | null>(
    assets.map(({ id, contract }) => [id, contract as Address | null]),
  )
  const contractOf = ({ asset }: Holding) => contracts.get(asset) ?? null

  return {
    async balancesAt(asked) {
      if (asked.length === 0) return []
      const calls = asked.map(({ holding, block }) =>
        callFor(holding.holder, contractOf(holding), block),
      )
      const height = asked.reduce((max, { block }) => (block.number > max ? block.number : max), 0n)
      const answers = await source.pin((rpc) => answersAbout(rpc, calls), { height })
      return answers?.map((answer, index) =>
        balanceIn(answer, contractOf(asked[index]?.holding as Holding) !== null),
      )
    },

    sent(holding, { after, to }) {
      const contract = contractOf(holding)
      return source.pin(
        (rpc) =>
          contract === null
            ? sentCoin(rpc, holding.holder, { after, to })
            : sentTokens(rpc, { contract, holder: holding.holder }, { after, to }),
        { height: to.number },
      )
    },
  }
}

const callFor = (holder: Address, contract: Address | null, { hash }: BlockRef): RpcCall =>
  contract === null
    ? { method: 'eth_getBalance', params: [holder, { blockHash: hash }] }
    : balanceCall({ token: contract, holder }, hash)

/** `undefined`: the state is gone. */
async function answersAbout(rpc: JsonRpc, calls: readonly RpcCall[]) {
  try {
    return await callAnswers(rpc, calls)
  } catch (error) {
    if (error instanceof RpcAnswerError && GONE.test(error.reason)) return undefined
    throw error
  }
}

function balanceIn(answer: unknown, isToken: boolean): bigint | null {
  // A token that wasn't created yet: nobody had any of it.
  if (isToken && answer === '0x') return 0n
  const form = isToken ? /^0x[0-9a-f]{64}$/i : /^0x[0-9a-f]+$/i
  return typeof answer === 'string' && form.test(answer) ? BigInt(answer) : null
}

/** An account without code that signed nothing can't have spent anything. */
async function sentCoin(
  rpc: JsonRpc,
  holder: Address,
  { after, to }: { after: BlockRef; to: BlockRef },
): Promise<bigint | null> {
  const at = ({ hash }: BlockRef) => [holder, { blockHash: hash }]
  const calls = [
    { method: 'eth_getTransactionCount', params: at(to) },
    { method: 'eth_getCode', params: at(to) },
    { method: 'eth_getTransactionCount', params: at(after) },
  ]
  const answers = await rpc.batch(calls).catch((error: unknown) => {
    // The older state may be gone; then nobody can tell.
    if (error instanceof RpcAnswerError) return undefined
    throw error
  })
  if (answers === undefined) return null
  const [now, code, before] = answers
  return now === before && code === '0x' ? 0n : null
}

async function sentTokens(
  rpc: JsonRpc,
  { contract, holder }: { contract: Address; holder: Address },
  { after, to }: { after: BlockRef; to: BlockRef },
): Promise<bigint | null> {
  if (to.number - after.number > LOG_BLOCKS_MAX) return null
  const topics = [TRANSFER_TOPIC, `0x${holder.slice(2).padStart(64, '0')}`]
  let sent = 0n
  for (let first = after.number + 1n; first <= to.number; first += LOG_BLOCKS) {
    const last = first + LOG_BLOCKS - 1n < to.number ? first + LOG_BLOCKS - 1n : to.number
    const range = { fromBlock: hex(first), toBlock: hex(last) }
    const answer = await rpc.call('eth_getLogs', [{ address: contract, topics, ...range }])
    for (const log of answer as RpcLog[]) {
      const transfer = readTransferLog(log)
      const leaves = transfer?.from === holder && transfer.to !== holder && !log.removed
      if (leaves) sent += transfer.amount
    }
  }
  return sent
}

const hex = (height: bigint) => `0x${height.toString(16)}`
