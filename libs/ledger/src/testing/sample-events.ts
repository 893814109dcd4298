import type { DepositReference } from '@coffer/events/deposit-reference'
import { depositReference } from '@coffer/events/deposit-reference'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { units } from '@coffer/money/units'
import type { DepositEvent } from '../usecases/book-deposits.ts'

const chain = chainIdOf(31_337)
export const ETH = nativeAssetId(chain)

export type SampleDeposit = {
  /** Tells deposits apart. */
  number: number
  owner: string
  amount: bigint
  revision?: number
  /** What a reversal takes back. Default: a confirmation. */
  wasSuspended?: boolean
}

/** `deposit.confirmed` of deposit `number`. */
export const confirmed = (sample: SampleDeposit): DepositEvent => ({
  ...attributes(sample, 'confirmation'),
  type: 'deposit.confirmed',
  data: deposit(sample),
})

/** `deposit.suspended` of deposit `number`. */
export const suspended = (sample: SampleDeposit): DepositEvent => ({
  ...attributes(sample, 'confirmation'),
  type: 'deposit.suspended',
  data: { ...deposit(sample), reason: 'below_minimum' },
})

/** `deposit.reversed` of deposit `number`. */
export const reversed = (sample: SampleDeposit): DepositEvent => ({
  ...attributes(sample, 'reversal'),
  type: 'deposit.reversed',
  data: {
    ...deposit(sample),
    reason: 'its block left the chain',
    suspended: sample.wasSuspended ?? false,
  },
})

function attributes({ number, revision = 1 }: SampleDeposit, kind: DepositReference['kind']) {
  const id = depositReference({ depositId: depositId(number), revision, kind })
  return { id, source: 'coffer/scanner/eip155:31337', time: '2026-11-21T11:00:00Z' }
}

const txHash = (number: number) => `0x${number.toString(16).padStart(64, '0')}` as const

const depositId = (number: number) => `${chain}:${txHash(number)}:value`

function deposit({ number, owner, amount, revision = 1 }: SampleDeposit) {
  return {
    depositId: depositId(number),
    revision,
    owner,
    chain,
    asset: ETH,
    amount: units(amount),
    from: `0x${'a'.repeat(40)}` as const,
    to: `0x${'b'.repeat(40)}` as const,
    txHash: txHash(number),
    position: 'value',
    blockNumber: 100 + number,
    blockHash: `0x${'c'.repeat(64)}` as const,
    blockTime: '2026-11-21T10:59:48Z',
  }
}

/** Credits of several owners, one of them taken back. */
export const sampleBatch: readonly DepositEvent[] = [
  ...Array.from({ length: 30 }, (_, number) =>
    confirmed({ number, owner: `owner-${number % 4}`, amount: 10n }),
  ),
  reversed({ number: 7, owner: 'owner-3', amount: 10n }),
]
