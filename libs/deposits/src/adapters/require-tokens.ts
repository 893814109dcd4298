import { AppError } from '@coffer/errors/app-error'
import type { JsonRpc } from '@coffer/evm/json-rpc'
import type { Asset } from '@coffer/money/asset'
import type { RpcSource } from './json-rpc-chain-reader.ts'

/** The first four bytes of Keccak-256 of `decimals()`. */
const DECIMALS = '0x313ce567'

type Token = Asset & { contract: string }

/**
 * Compares the accepted tokens with the chain: each must have code, and the decimals that are
 * configured. Nothing else of a token is asked: its name and its symbol may say anything. Throws
 * {@link TokenMismatchError}.
 */
export async function requireTokens(source: RpcSource, assets: readonly Asset[]): Promise<void> {
  const tokens = assets.filter((asset): asset is Token => asset.contract !== null)
  if (tokens.length > 0) await source.pin((rpc) => requireAll(rpc, tokens))
}

async function requireAll(rpc: JsonRpc, tokens: readonly Token[]): Promise<void> {
  const answers = await rpc.batch(
    tokens.flatMap(({ contract }) => [
      { method: 'eth_getCode', params: [contract, 'latest'] },
      { method: 'eth_call', params: [{ to: contract, data: DECIMALS }, 'latest'] },
    ]),
  )
  for (const [index, token] of tokens.entries()) {
    const [code, decimals] = answers.slice(2 * index)
    if (code === '0x') throw new TokenMismatchError(token, 'there is no code at its address')
    if (!isWord(decimals)) {
      throw new TokenMismatchError(token, 'it does not say how many decimals it has')
    }
    if (BigInt(decimals) !== BigInt(token.decimals)) {
      throw new TokenMismatchError(token, `it has ${BigInt(decimals)} decimals`)
    }
  }
}

const isWord = (answer: unknown): answer is string =>
  typeof answer === 'string' && /^0x[0-9a-f]{64}$/i.test(answer)

/** A token is not what the configuration says. Nothing of its chain is scanned until it is. */
export class TokenMismatchError extends AppError {
  readonly code = 'TOKEN_MISMATCH'

  constructor({ id, symbol, decimals }: Asset, problem: string) {
    super(
      `Token ${symbol} (${id}) is configured with ${decimals} decimals, but ${problem}. Correct ` +
        'the token or take it out of the configuration, and restart the scanner.',
      { retry: 'never', details: { asset: id, decimals, problem } },
    )
  }
}
