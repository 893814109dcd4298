import { AppError, type Retry } from '@coffer/errors/app-error'
import { type ChainId, chainIdOf } from '@coffer/money/chain-id'
import type { Address, Hex } from 'viem'

export type RpcCall = { method: string; params?: readonly unknown[] }

/**
 * A transaction for {@link AnvilClient.reorg}: its raw bytes, or what `eth_sendTransaction` takes.
 */
export type ReorgTransaction = {
  transaction: Hex | Readonly<Record<string, string>>
  /** Which of the new blocks holds it: 0 is the lowest. */
  block: number
}

/** One Anvil node, spoken to in plain JSON-RPC. Every call throws {@link AnvilRequestError}. */
export type AnvilClient = {
  /** One call; the node's answer is taken for a `Result` unchecked. */
  request<Result>(method: string, params?: readonly unknown[]): Promise<Result>
  /**
   * Many calls in one HTTP request, answered in their order. The node may run them in any order.
   */
  batch<Result>(calls: readonly RpcCall[]): Promise<Result[]>
  chain(): Promise<ChainId>
  head(): Promise<{ number: bigint; hash: Hex }>
  /** The accounts that the node signs for, in lower case. */
  accounts(): Promise<Address[]>
  mine(blocks?: number): Promise<void>
  setAutomine(enabled: boolean): Promise<void>
  setBalance(account: Address, wei: bigint): Promise<void>
  snapshot(): Promise<string>
  revert(snapshot: string): Promise<void>
  /**
   * Replaces the `depth` newest blocks by as many new ones that hold `transactions` only. The head
   * stays as high as it was, so mine one more for the new branch to be the longer.
   */
  reorg(depth: number, transactions?: readonly ReorgTransaction[]): Promise<void>
}

type Answer = { id: number; result?: unknown; error?: { code: number; message: string } }

const TIMEOUT_MS = 120_000

export function anvilClient(rpcUrl: string): AnvilClient {
  const batch = <Result>(calls: readonly RpcCall[]) => send<Result>(rpcUrl, calls)
  const request = async <Result>(method: string, params: readonly unknown[] = []) => {
    const [result] = await batch<Result>([{ method, params }])
    return result as Result
  }
  return {
    request,
    batch,
    async chain() {
      return chainIdOf(Number(await request<Hex>('eth_chainId')))
    },
    async head() {
      const block = await request<{ number: Hex; hash: Hex }>('eth_getBlockByNumber', [
        'latest',
        false,
      ])
      return { number: BigInt(block.number), hash: block.hash }
    },
    async accounts() {
      const accounts = await request<Address[]>('eth_accounts')
      return accounts.map((account) => account.toLowerCase() as Address)
    },
    async mine(blocks = 1) {
      await request('anvil_mine', [quantity(blocks)])
    },
    async setAutomine(enabled) {
      await request('evm_setAutomine', [enabled])
    },
    async setBalance(account, wei) {
      await request('anvil_setBalance', [account, quantity(wei)])
    },
    snapshot: () => request<string>('evm_snapshot'),
    async revert(snapshot) {
      await request('evm_revert', [snapshot])
    },
    async reorg(depth, transactions = []) {
      const pairs = transactions.map(({ transaction, block }) => [transaction, block])
      await request('anvil_reorg', [depth, pairs])
    },
  }
}

/** A number as JSON-RPC writes it: `0x` and hexadecimal digits without leading zeros. */
export const quantity = (value: bigint | number): Hex => `0x${value.toString(16)}`

async function send<Result>(rpcUrl: string, calls: readonly RpcCall[]): Promise<Result[]> {
  if (calls.length === 0) return []
  const answers = await post(rpcUrl, calls)
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  return calls.map(({ method }, id) => {
    const answer = byId.get(id)
    if (answer === undefined) {
      throw new AnvilRequestError({ method, reason: 'it gave no answer', retry: 'retry' })
    }
    if (answer.error !== undefined) {
      throw new AnvilRequestError({ method, reason: answer.error.message, retry: 'never' })
    }
    return answer.result as Result
  })
}

async function post(rpcUrl: string, calls: readonly RpcCall[]): Promise<Answer[]> {
  const body = calls.map(({ method, params = [] }, id) => ({ jsonrpc: '2.0', id, method, params }))
  try {
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`HTTP status ${response.status}: ${text.slice(0, 200)}`)
    const answers: Answer | Answer[] = JSON.parse(text)
    return Array.isArray(answers) ? answers : [answers]
  } catch (cause) {
    const method = calls[0]?.method ?? ''
    throw new AnvilRequestError({ method, reason: 'the request failed', retry: 'retry', cause })
  }
}

/** The node refused a call, or couldn't be reached. */
export class AnvilRequestError extends AppError {
  readonly code = 'SIMULATOR_RPC'

  constructor(failure: { method: string; reason: string; retry: Retry; cause?: unknown }) {
    const { method, reason, retry, cause } = failure
    super(
      `The node did not do ${method}: ${reason}. Expected an Anvil that is running and whose ` +
        'accounts are unlocked; check its URL and its log.',
      { retry, details: { method }, cause },
    )
  }
}
