import type { Address } from '@coffer/evm/address'
import { readTransferLog } from '../domain/transfer-log.ts'
import type { FakeBlock } from './fake-chain.ts'

const contract = (digits: string) => `0x${digits.padStart(40, '0')}` as Address

/** A token that keeps a hundredth of whatever is sent of it. */
export const FEE_TOKEN = contract('fee7')

/** A token whose code another contract holds, and the place in its storage that names that one. */
export const PROXY_TOKEN = contract('9709')
export const PROXY_SLOT = `0x${'c0de'.padStart(64, '0')}` as const

/** The code behind {@link PROXY_TOKEN} until a transaction changes it. */
export const FIRST_CODE = contract('c0de1')

/** What everybody has of every token before the first block. */
const STOCK = 10n ** 30n

/** What `holder` has of a token after the last of `blocks`. */
export function fakeTokenBalance(
  blocks: readonly FakeBlock[],
  { token, holder }: { token: string; holder: string },
): bigint {
  let balance = STOCK
  for (const { succeeded, logs } of blocks.flatMap(({ transactions }) => transactions)) {
    const transfers = logs.flatMap((log) =>
      log.address === token && succeeded ? [readTransferLog(log)] : [],
    )
    for (const transfer of transfers) {
      if (transfer?.from === holder) balance -= transfer.amount
      if (transfer?.to === holder) balance += arrives(token, transfer.amount)
    }
  }
  return balance
}

/** What arrives when so much is sent. */
export const arrives = (token: string, amount: bigint): bigint =>
  token === FEE_TOKEN ? amount - amount / 100n : amount

/** The code behind {@link PROXY_TOKEN} after the last of `blocks`. */
export const fakeImplementation = (blocks: readonly FakeBlock[]): Address =>
  blocks
    .flatMap(({ transactions }) => transactions)
    .findLast(({ succeeded, upgradesTo }) => succeeded && upgradesTo !== undefined)?.upgradesTo ??
  FIRST_CODE
