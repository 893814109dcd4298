import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { UNITS_MAX } from '@coffer/money/units'
import { expect, test } from 'vitest'
import { type Refusal, refusalFromJson, refusalToJson } from './refusal.ts'

const account = {
  owner: 'alice',
  code: 'owner.available',
  asset: nativeAssetId(chainIdOf(1)),
} as const

test.each<Refusal>([
  { reason: 'insufficient_funds', account, available: UNITS_MAX },
  { reason: 'nothing_to_reverse', reverses: 'r' },
  { reason: 'not_the_negation', reverses: 'r' },
])('keeps $reason as it was', (refusal) => {
  expect(refusalFromJson(refusalToJson(refusal))).toEqual(refusal)
})
