import type { Address } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { isTag } from '@coffer/evm/confirmations'
import type { Endpoints } from '@coffer/evm/endpoints'
import { txHash } from '@coffer/evm/hash'
import { type JsonRpc, RpcAnswerError } from '@coffer/evm/json-rpc'
import type { ChainClient, Mined, Taken } from '../ports.ts'

type Hex = `0x${string}`

type Receipt = {
  transactionHash: Hex
  blockNumber: Hex
  blockHash: Hex
  status: Hex
  gasUsed: Hex
  effectiveGasPrice: Hex
  /** What a rollup takes for its own chain's data. */
  l1Fee?: Hex
  logs: readonly { address: Hex; topics: readonly Hex[]; data: Hex }[]
}

type Block = {
  number: Hex
  hash: Hex
  timestamp: Hex
  baseFeePerGas?: Hex
  transactions: readonly {
    hash: Hex
    from: Hex
    nonce: Hex
    to: Hex | null
    value: Hex
    input: Hex
  }[]
}

const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'

const quantity = (value: bigint | number): Hex => `0x${value.toString(16)}`

/** {@link ChainClient} by JSON-RPC. Each question is put to one endpoint. */
export function jsonRpcChainClient(
  endpoints: Endpoints,
  { confirmations, quorum = 1 }: Pick<ChainConfig, 'confirmations' | 'quorum'>,
): ChainClient {
  const ask = <T>(method: string, ...params: unknown[]) =>
    endpoints.pin(async (rpc) => (await rpc.call(method, params)) as T)
  const number = async (method: string, ...params: unknown[]) =>
    BigInt(await ask<Hex>(method, ...params))
  const read = (to: Address, data: Hex) => number('eth_call', { to, data }, 'latest')

  return {
    state: () => endpoints.pin((rpc) => readState(rpc, confirmations)),
    async nonce(account, block) {
      const at = block === 'latest' ? block : quantity(block)
      return Number(await number('eth_getTransactionCount', account, at))
    },
    balance: (account) => number('eth_getBalance', account, 'latest'),
    tokenBalance: (token, account) => read(token, `0x70a08231${word(account)}`),
    allowance: (token, { owner, spender }) =>
      read(token, `0xdd62ed3e${word(owner)}${word(spender)}`),
    estimate: ({ from, to, value, data, gas }) =>
      endpoints.pin(async (rpc) => {
        const call = { from, to, value: quantity(value), data, gas: quantity(gas) }
        try {
          return { gas: BigInt((await rpc.call('eth_estimateGas', [call])) as Hex) }
        } catch (error) {
          if (error instanceof RpcAnswerError && FAILS.test(error.reason)) {
            return { reverts: OUT_OF_GAS.test(error.reason) ? 'gas_above_limit' : 'reverts' }
          }
          throw error
        }
      }),
    broadcast: (raw) =>
      endpoints.pin(async (rpc) => {
        try {
          await rpc.call('eth_sendRawTransaction', [raw])
          return { outcome: 'taken' }
        } catch (error) {
          // Its reply may get lost: the same bytes are given again, and do no harm.
          if (error instanceof RpcAnswerError) return takenOf(error.reason)
          throw error
        }
      }),
    mined: (hashes) => endpoints.pin((rpc) => readMined(rpc, hashes)),
    minedForGood: (hashes) => endpoints.quorum(quorum, (rpc) => readMined(rpc, hashes)),
    occupant: (account, nonce, until) =>
      endpoints.pin((rpc) => readOccupant(rpc, { account, nonce, until })),
  }
}

const FAILS = /revert|out ?of ?gas|gas required exceeds|gas limit|intrinsic gas|EVM error/i
const OUT_OF_GAS = /out ?of ?gas|gas required exceeds|gas limit|intrinsic gas/i

function takenOf(reason: string): Taken {
  if (/already (known|imported)|known transaction|alreadyknown/i.test(reason)) {
    return { outcome: 'taken' }
  }
  // Besu says the second; go-ethereum, Reth, Erigon, Nethermind and Anvil say the first.
  if (/insufficient ?funds|upfront cost exceeds/i.test(reason)) return { outcome: 'funds', reason }
  if (/nonce (is )?too low|nonce.*(used|already)/i.test(reason))
    return { outcome: 'nonce_used', reason }
  if (/underpriced|replacement/i.test(reason)) return { outcome: 'underpriced', reason }
  return { outcome: 'refused', reason }
}

async function readState(rpc: JsonRpc, confirmations: ChainConfig['confirmations']) {
  const tag = isTag(confirmations) ? confirmations : 'latest'
  const [head, tagged, tip] = (await rpc.batch([
    { method: 'eth_getBlockByNumber', params: ['latest', false] },
    { method: 'eth_getBlockByNumber', params: [tag, false] },
    { method: 'eth_maxPriorityFeePerGas', params: [] },
  ])) as [Block, Block, Hex]
  const height = BigInt(head.number)
  const final = isTag(confirmations) ? BigInt(tagged.number) : height - BigInt(confirmations) + 1n
  const priorityFee = BigInt(tip)
  return { head: height, final, baseFee: BigInt(head.baseFeePerGas ?? 0), priorityFee }
}

async function readMined(rpc: JsonRpc, hashes: readonly Hex[]): Promise<Mined | undefined> {
  const receipts = (await rpc.batch(
    hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  )) as (Receipt | null)[]
  for (const receipt of receipts) {
    if (receipt === null) continue
    // A node may still tell of a block that is no longer on its chain.
    const at = [receipt.blockNumber, false]
    const block = (await rpc.call('eth_getBlockByNumber', at)) as Block | null
    if (block?.hash === receipt.blockHash) return minedOf(receipt, block)
  }
  return undefined
}

const minedOf = (receipt: Receipt, { timestamp }: Block): Mined => ({
  hash: txHash(receipt.transactionHash),
  blockNumber: BigInt(receipt.blockNumber),
  minedAt: new Date(Number(timestamp) * 1_000),
  succeeded: BigInt(receipt.status) === 1n,
  gasCost: BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice) + BigInt(receipt.l1Fee ?? 0),
  logs: receipt.logs.flatMap(({ address, topics, data }) => {
    const [kind, from, to] = topics
    if (kind !== TRANSFER || !from || !to || topics.length !== 3 || data.length !== 66) return []
    const amount = BigInt(data)
    return [{ token: address.toLowerCase(), from: addressIn(from), to: addressIn(to), amount }]
  }),
})

type Place = { account: Address; nonce: number; until: bigint }

/** The lowest block after which the account's next nonce is beyond this one holds it. */
async function readOccupant(rpc: JsonRpc, { account, nonce, until }: Place) {
  const isBefore = async (block: bigint) =>
    BigInt((await rpc.call('eth_getTransactionCount', [account, quantity(block)])) as Hex) <=
    BigInt(nonce)
  // Doubling first, since it is mostly a short while ago.
  let above = until
  let step = 1n
  while (above - step > 0n && !(await isBefore(above - step))) {
    above -= step
    step *= 2n
  }
  let below = above > step ? above - step : -1n
  while (above - below > 1n) {
    const middle = (above + below) / 2n
    if (await isBefore(middle)) below = middle
    else above = middle
  }
  const block = (await rpc.call('eth_getBlockByNumber', [quantity(above), true])) as Block | null
  const found = block?.transactions.find(
    (each) => each.from.toLowerCase() === account && Number(each.nonce) === nonce,
  )
  if (found === undefined) return undefined
  const { hash, to, value, input } = found
  const called = { to: to?.toLowerCase() ?? '', value: BigInt(value), data: input.toLowerCase() }
  return { hash: txHash(hash), ...called }
}

const word = (hex: Hex): string => hex.slice(2).padStart(64, '0')
const addressIn = (topic: Hex) => `0x${topic.slice(-40)}`.toLowerCase() as Address
