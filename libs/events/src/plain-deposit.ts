import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import type { DepositConfirmed } from './wallet-events.ts'

/**
 * The data of a `deposit.confirmed` that is written as our own writer does; `undefined` of any
 * other, which may be right all the same: the schema tells. It takes a fraction of its time, and
 * answers what it would.
 */
export function plainDeposit(data: unknown): DepositConfirmed | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { depositId, revision, owner, chain, asset, amount } = data as Record<string, unknown>
  const { from, to, txHash, position, blockNumber, blockHash, blockTime } = data as Names
  const isPlain =
    isText(depositId) &&
    isWhole(revision, 1) &&
    isText(owner) &&
    matches<ChainId>(chain, CHAIN) &&
    matches<AssetId>(asset, ASSET) &&
    matches<string>(amount, AMOUNT) &&
    matches<`0x${string}`>(from, ADDRESS) &&
    matches<`0x${string}`>(to, ADDRESS) &&
    matches<`0x${string}`>(txHash, HASH) &&
    isText(position) &&
    isWhole(blockNumber, 0) &&
    matches<`0x${string}`>(blockHash, HASH) &&
    matches<string>(blockTime, TIME)
  if (!isPlain) return undefined
  return {
    depositId,
    revision,
    owner,
    chain,
    asset,
    amount: BigInt(amount) as Units,
    from,
    to,
    txHash,
    position,
    blockNumber,
    blockHash,
    blockTime,
  }
}

type Names = Record<string, unknown>

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isWhole = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least

const matches = <T extends string>(value: unknown, form: RegExp): value is T =>
  typeof value === 'string' && form.test(value)

// Each admits less than the schema does, and nothing more.
const CHAIN = /^eip155:[1-9][0-9]{0,14}$/
const ASSET = /^eip155:[1-9][0-9]{0,14}\/(?:slip44:60|erc20:0x[0-9a-f]{40})$/
const AMOUNT = /^(?:0|[1-9][0-9]{0,76})$/
const ADDRESS = /^0x[0-9a-f]{40}$/
const HASH = /^0x[0-9a-f]{64}$/
/** Every day that there is each year. */
const TIME =
  /^[0-9]{4}-(?:(?:0[13-9]|1[0-2])-(?:0[1-9]|[12][0-9]|30)|(?:0[13578]|1[02])-31|02-(?:0[1-9]|1[0-9]|2[0-8]))T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?Z$/
