import { AppError } from '@coffer/errors/app-error'
import type { Address } from '@coffer/evm/address'
import type { BlockHash } from '@coffer/evm/hash'
import type { JsonRpc, RpcCall } from '@coffer/evm/json-rpc'
import type { BlockHeader } from '../domain/block.ts'
import { callAnswers } from './call-answers.ts'

/** The first four bytes of Keccak-256 of `balanceOf(address)`. */
const BALANCE_OF = '0x70a08231'

/** A holder's balance of one token. */
type Holding = { token: Address; holder: Address }

/**
 * By how much each holding grew in a block: less than 0 if it shrank. Both balances are asked for
 * by a block's hash, so that a reorg can't mix branches. `null` of a token that does not tell.
 */
export async function tokenGains(
  rpc: JsonRpc,
  { hash, parentHash }: BlockHeader,
  holdings: readonly Holding[],
): Promise<(bigint | null)[]> {
  const calls = holdings.flatMap((holding) =>
    [hash, parentHash].map((blockHash) => balanceCall(holding, blockHash)),
  )
  const answers = await callAnswers(rpc, calls)
  return holdings.map((holding, index) => {
    const [after, before] = answers.slice(2 * index)
    const [now, then] = [after, before].map((answer) => tokenBalanceIn(answer, holding.token))
    return isTold(now) && isTold(then) ? now - then : null
  })
}

/** Asks for a holding at the end of a block. */
export const balanceCall = ({ token, holder }: Holding, blockHash: BlockHash): RpcCall => ({
  method: 'eth_call',
  params: [{ to: token, data: `${BALANCE_OF}${holder.slice(2).padStart(64, '0')}` }, { blockHash }],
})

const isTold = (balance: bigint | null | undefined): balance is bigint =>
  typeof balance === 'bigint'

/**
 * The balance that a token tells in its answer to {@link balanceCall}; `null` when it reverted, or
 * tells none. Throws {@link TokenAnswerError} where that is no answer of any contract.
 */
export function tokenBalanceIn(answer: unknown, token: Address): bigint | null {
  // A token that wasn't created yet: nobody had any of it.
  if (answer === '0x') return 0n
  if (answer === undefined) return null
  if (typeof answer !== 'string' || !/^0x([0-9a-f]{2})*$/i.test(answer)) {
    throw new TokenAnswerError(token, 'balanceOf', answer)
  }
  return answer.length === 66 ? BigInt(answer) : null
}

/** A token answers something that no ERC-20 answers, or its node does. Ask again. */
export class TokenAnswerError extends AppError {
  readonly code = 'SCAN_TOKEN_ANSWER'

  constructor(token: string, asked: string, answer: unknown) {
    const answered = JSON.stringify(answer)?.slice(0, 200)
    super(`Token ${token} answered ${asked} with ${answered}. Expected a word of 32 bytes.`, {
      retry: 'retry',
      details: { token, asked, answered },
    })
  }
}
