import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { fakeAddress, fakeChain } from '../testing/fake-chain.ts'
import { fakeChainReader } from '../testing/fake-chain-reader.ts'
import { ASSETS, CHAIN, NATIVE } from '../testing/fake-transfers.ts'
import { depositIdOnWire } from '../wire.ts'
import type { Withdrawal } from './block.ts'
import { depositRules } from './detect-transfers.ts'
import { depositId } from './transfer.ts'
import { withdrawalTransfers } from './withdrawal-transfers.ts'

const ALICE = fakeAddress(0xa)
const BOB = fakeAddress(0xb)
const GWEI = 10n ** 9n

const withdrawal = (index: bigint, off: Partial<Withdrawal> = {}): Withdrawal => ({
  index,
  to: ALICE,
  amount: units(5n * GWEI),
  ...off,
})

async function found(withdrawals: readonly Withdrawal[], creditWithdrawals = false) {
  const chain = fakeChain()
  chain.mineBlock({ withdrawals })
  const [block] = await fakeChainReader(chain, 1).blocks(1n, 1n)
  if (block === undefined) throw new Error('No block was read.')
  const isWatched = (address: string) => address === ALICE
  return withdrawalTransfers(block, depositRules({ assets: ASSETS, isWatched, creditWithdrawals }))
}

test('are found by their number among all of the chain, each for itself, in wei', async () => {
  const transfers = await found([withdrawal(255n), withdrawal(256n), withdrawal(257n, { to: BOB })])

  expect(transfers.map(({ block: _, ...transfer }) => transfer)).toEqual([
    {
      txHash: `0x${'0'.repeat(62)}ff`,
      position: 'withdrawal:255',
      asset: NATIVE,
      amount: 5_000_000_000n,
      from: fakeAddress(0),
      to: ALICE,
      rejection: 'withdrawal',
    },
    expect.objectContaining({ txHash: `0x${'0'.repeat(61)}100`, position: 'withdrawal:256' }),
  ])
})

test('are credited where the operator says so', async () => {
  const [transfer] = await found([withdrawal(1n)], true)

  expect(transfer).toBeDefined()
  expect(transfer?.rejection).toBeUndefined()
})

test('of nothing are nothing', async () => {
  expect(await found([withdrawal(1n, { amount: units(0n) })])).toEqual([])
})

test('have an id that the API reads', async () => {
  const [transfer] = await found([withdrawal(99n)])

  const id = transfer && depositIdOnWire.parse(depositId(CHAIN, transfer))

  expect(id).toMatchObject({ txHash: transfer?.txHash, position: 'withdrawal:99' })
})
