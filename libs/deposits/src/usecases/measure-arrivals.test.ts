import type { Address } from '@coffer/evm/address'
import { units } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { depositRules } from '../domain/detect-transfers.ts'
import { fakeTransaction } from '../testing/fake-chain.ts'
import {
  ASSETS,
  NATIVE,
  TOKEN,
  TRANSFER,
  TUSD,
  transferLog,
  word,
} from '../testing/fake-transfers.ts'
import { ALICE, BOB, block, pay } from '../testing/scan-facts.ts'
import { measureArrivals } from './measure-arrivals.ts'

const rules = depositRules({
  assets: ASSETS.map((asset) => (asset.id === TUSD ? { ...asset, feeOnTransfer: true } : asset)),
  isWatched: () => true,
})

const blocks = [10, 11].map((height) => ({ ...block(height), receipts: [] }))

/** Measures with balances that grew by what `gains` says, and tells what was asked. */
function measuring(gains: Record<Address, bigint>) {
  const asked: { number: bigint; token: Address; holder: Address }[] = []
  const measure = measureArrivals({
    rules,
    reader: {
      async tokenGains({ number }, holdings) {
        asked.push(...holdings.map((holding) => ({ number, ...holding })))
        return holdings.map(({ holder }) => gains[holder] ?? 0n)
      },
    },
  })
  return { asked, measure }
}

test('credits what arrived in each block, to each receiver', async () => {
  const { asked, measure } = measuring({ [ALICE]: 180n, [BOB]: 99n })
  const transfers = [pay(1, 10), pay(2, 10), pay(3, 10, { to: BOB }), pay(4, 11, { to: BOB })]

  const measured = await measure(blocks, transfers)

  expect(measured.map(({ amount }) => amount)).toEqual([90n, 90n, 99n, 99n])
  expect(asked).toEqual([
    { number: 10n, token: TOKEN, holder: ALICE },
    { number: 10n, token: TOKEN, holder: BOB },
    { number: 11n, token: TOKEN, holder: BOB },
  ])
})

test('what a receiver sent in the same block is no shortfall of what it received', async () => {
  const { measure } = measuring({ [ALICE]: -10n })
  const log = transferLog(BOB, 100n, { topics: [TRANSFER, word(ALICE), word(BOB)] })
  const { hash: txHash, ...sending } = fakeTransaction({ logs: [log] })
  const sentIn = { ...block(10), receipts: [{ txHash, ...sending }] }

  const [measured] = await measure([sentIn], [pay(1, 10)])

  expect(measured?.amount).toBe(90n)
})

test('asks nothing about assets that keep nothing, and leaves all in their order', async () => {
  const { asked, measure } = measuring({ [ALICE]: 50n })
  const coin = (payment: number) => pay(payment, 10, { asset: NATIVE })
  const transfers = [coin(1), pay(2, 10), coin(3)]

  const measured = await measure(blocks, transfers)

  expect(measured).toEqual([coin(1), pay(2, 10, { amount: units(50n) }), coin(3)])
  expect(asked).toHaveLength(1)
})

test('rejects what did not arrive at all, and keeps what was told', async () => {
  const { measure } = measuring({ [ALICE]: 0n })

  expect(await measure(blocks, [pay(1, 10)])).toEqual([
    pay(1, 10, { rejection: 'nothing_arrived' }),
  ])
})

test('refuses to guess when a balance is missing', async () => {
  const measure = measureArrivals({ rules, reader: { tokenGains: async () => [] } })

  await expect(measure(blocks, [pay(1, 10)])).rejects.toThrow(/missing/)
})

test('nothing is believed of a token that does not tell what it holds', async () => {
  const measure = measureArrivals({ rules, reader: { tokenGains: async () => [null] } })

  const measured = await measure(blocks, [pay(1, 10), pay(2, 10)])

  expect(measured.map(({ rejection }) => rejection)).toEqual(['contradicted', 'contradicted'])
})
