import type { Address } from '@coffer/evm/address'
import { type JsonRpc, RpcAnswerError, type RpcCall } from '@coffer/evm/json-rpc'
import type { Asset, AssetId } from '@coffer/money/asset'
import type { BalanceReader, Holding } from '../balance-ports.ts'
import type { BlockRef } from '../domain/block.ts'
import { readTransferLog, TRANSFER_TOPIC } from '../domain/transfer-log.ts'
import { callAnswers } from './call-answers.ts'
import type { RpcSource } from './json-rpc-chain-reader.ts'
import type { RpcLog } from './rpc-answers.ts'
import { balanceCall, tokenBalanceIn } from './token-gains.ts'
import { BlockProofError } from './verify-block.ts'

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
      const facts = asked.map(({ holding, block }) => {
        return { block, holder: holding.holder, contract: contractOf(holding) }
      })
      const calls = facts.map(callFor)
      const height = asked.reduce((max, { block }) => (block.number > max ? block.number : max), 0n)
      const ask = async (rpc: JsonRpc) => {
        const answers = await answersAbout(rpc, calls)
        return answers?.map((answer, index) => balanceIn(answer, facts[index] as AskedFacts))
      }
      return await source.pin(ask, { height })
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

type AskedFacts = { block: BlockRef; holder: Address; contract: Address | null }

const callFor = ({ block: { hash }, holder, contract }: AskedFacts): RpcCall =>
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

/** `null` of a token that does not tell; throws what may be retried where the node doesn't. */
function balanceIn(answer: unknown, { block, holder, contract }: AskedFacts): bigint | null {
  if (contract === null) {
    if (typeof answer === 'string' && /^0x[0-9a-f]+$/i.test(answer)) return BigInt(answer)
    throw new BlockProofError(block, `the balance of ${holder} is missing`)
  }
  return tokenBalanceIn(answer, contract)
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
  if (answers.some((answer) => typeof answer !== 'string')) {
    throw new BlockProofError(to, `what ${holder} has sent is missing`)
  }
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
    if (!Array.isArray(answer)) {
      throw new BlockProofError(to, `the logs of what ${holder} has sent are missing`)
    }
    for (const log of answer as RpcLog[]) {
      const topics = log.topics.map((topic) => topic.toLowerCase())
      const transfer = readTransferLog({ ...log, topics })
      const leaves = transfer?.from === holder && transfer.to !== holder && !log.removed
      if (leaves) sent += transfer.amount
    }
  }
  return sent
}

const hex = (height: bigint) => `0x${height.toString(16)}`
