import type { Address } from '@coffer/evm/address'
import { expect, test } from 'vitest'
import { depositRules } from '../domain/detect-transfers.ts'
import { fakeAddress } from '../testing/fake-chain.ts'
import { ASSETS, NATIVE, TOKEN, TUSD, word } from '../testing/fake-transfers.ts'
import { pay } from '../testing/scan-facts.ts'
import { haltChangedTokens } from './halt-changed-tokens.ts'

const ACCEPTED = fakeAddress(0x1)
const CHANGED = fakeAddress(0x2)
const SLOT = word(0x510n) as `0x${string}`

const rules = depositRules({
  assets: ASSETS.map((asset) =>
    asset.id === TUSD ? { ...asset, implementation: { contract: ACCEPTED, slot: SLOT } } : asset,
  ),
  isWatched: () => true,
})

/** Tokens behind which `behind` runs at each height, and what was asked of them. */
function tokens(behind: (height: bigint) => Address) {
  const asked: [bigint, string, string][] = []
  const halt = haltChangedTokens({
    rules,
    reader: {
      async namedContracts({ number }, places) {
        for (const { contract, slot } of places) asked.push([number, contract, slot])
        return places.map(() => behind(number))
      },
    },
  })
  return { asked, halt }
}

test('a token is halted in the blocks in which another code runs behind it', async () => {
  const { asked, halt } = tokens((height) => (height === 11n ? CHANGED : ACCEPTED))
  const coin = pay(3, 11, { asset: NATIVE })
  const transfers = [pay(1, 10), pay(2, 11), coin, pay(4, 11), pay(5, 12)]

  expect(await halt(transfers)).toEqual([
    pay(1, 10),
    pay(2, 11, { rejection: 'asset_halted' }),
    coin,
    pay(4, 11, { rejection: 'asset_halted' }),
    pay(5, 12),
  ])
  expect(asked).toEqual([10n, 11n, 12n].map((height) => [height, TOKEN, SLOT]))
})

test('a token that its operator has stopped is halted in every block, and is asked nothing', async () => {
  const stopped = depositRules({
    assets: ASSETS.map((asset) => (asset.id === TUSD ? { ...asset, halted: true } : asset)),
    isWatched: () => true,
  })
  const namedContracts = () => Promise.reject(new Error('No question was expected.'))
  const halt = haltChangedTokens({ rules: stopped, reader: { namedContracts } })
  const coin = pay(2, 10, { asset: NATIVE })

  expect(await halt([pay(1, 10), coin])).toEqual([pay(1, 10, { rejection: 'asset_halted' }), coin])
})

test('nothing is asked when no pinned token moved', async () => {
  const { asked, halt } = tokens(() => CHANGED)
  const transfers = [pay(1, 10, { asset: NATIVE })]

  expect(await halt(transfers)).toEqual(transfers)
  expect(asked).toEqual([])
})
