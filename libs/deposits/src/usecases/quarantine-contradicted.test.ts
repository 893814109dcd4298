import type { Address } from '@coffer/evm/address'
import { erc20AssetId } from '@coffer/money/asset'
import { expect, test } from 'vitest'
import type { Log } from '../domain/block.ts'
import { depositRules } from '../domain/detect-transfers.ts'
import { fakeAddress, fakeTransaction } from '../testing/fake-chain.ts'
import {
  ASSETS,
  CHAIN,
  TOKEN,
  TRANSFER,
  TUSD,
  transferLog,
  word,
} from '../testing/fake-transfers.ts'
import { ALICE, BOB, block, pay } from '../testing/scan-facts.ts'
import { quarantineContradicted } from './quarantine-contradicted.ts'

const OTHER = fakeAddress(0x70d)
const OTHER_ASSET = erc20AssetId(CHAIN, OTHER)

const rules = depositRules({
  assets: [
    ...ASSETS.map((asset) => (asset.id === TUSD ? { ...asset, verifyArrivals: true } : asset)),
    { ...ASSETS[1], id: OTHER_ASSET, contract: OTHER },
  ],
  isWatched: () => true,
})

function blockOf(height: number, ...logs: readonly Log[]) {
  const { hash: txHash, ...transaction } = fakeTransaction({ logs })
  return { ...block(height), receipts: [{ txHash, ...transaction }] }
}

/** Judges with balances that grew by what `gains` says; what it does not name does not tell. */
function judging(gains: Record<string, bigint>) {
  const asked: string[] = []
  const reader = {
    async tokenGains(
      { number }: { number: bigint },
      holdings: readonly { token: Address; holder: Address }[],
    ) {
      return holdings.map(({ token, holder }) => {
        asked.push(`${number} ${token} ${holder}`)
        return gains[`${number} ${holder}`] ?? null
      })
    },
  }
  return { asked, judge: quarantineContradicted({ reader, rules }) }
}

const reasons = (transfers: readonly { rejection?: string }[]) =>
  transfers.map(({ rejection }) => rejection)

test('balances that grew by what the logs say are believed, whatever else moved', async () => {
  const { judge, asked } = judging({ [`10 ${ALICE}`]: 130n })
  const sent = transferLog(BOB, 70n, { topics: [TRANSFER, word(ALICE), word(BOB)] })
  const itself = transferLog(ALICE, 9n, { topics: [TRANSFER, word(ALICE), word(ALICE)] })
  const foreign = transferLog(ALICE, 5n, { address: OTHER })
  const logs = [transferLog(ALICE, 100n), transferLog(ALICE, 100n), sent, itself, foreign]
  const transfers = [pay(1, 10), pay(2, 10)]

  expect(reasons(await judge([blockOf(10, ...logs)], transfers))).toEqual([undefined, undefined])
  expect(asked).toEqual([`10 ${TOKEN} ${ALICE}`])
})

test.each([
  ['did not move', 0n],
  ['moved less', 99n],
  ['moved more', 101n],
  ['is not told', undefined],
])('a balance that %s puts the whole token of the block aside', async (_, gain) => {
  const { judge } = judging({
    [`10 ${BOB}`]: 100n,
    [`11 ${ALICE}`]: 100n,
    ...(gain === undefined ? {} : { [`10 ${ALICE}`]: gain }),
  })
  const blocks = [
    blockOf(10, transferLog(ALICE, 100n), transferLog(BOB, 100n)),
    blockOf(11, transferLog(ALICE, 100n)),
  ]
  const transfers = [pay(1, 10), pay(2, 10, { to: BOB }), pay(3, 11)]

  expect(reasons(await judge(blocks, transfers))).toEqual([
    ...['contradicted', 'contradicted'],
    undefined,
  ])
})

test('nothing is asked of tokens that are not verified, or rejected already', async () => {
  const { judge, asked } = judging({})
  const transfers = [pay(1, 10, { asset: OTHER_ASSET }), pay(2, 10, { rejection: 'asset_halted' })]

  expect(await judge([blockOf(10)], transfers)).toEqual(transfers)
  expect(asked).toEqual([])
})
