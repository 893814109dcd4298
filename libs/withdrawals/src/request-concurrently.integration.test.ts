import { randomUUID } from 'node:crypto'
import type { Address } from '@coffer/evm/address'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import type { Units } from '@coffer/money/units'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { expect, test } from 'vitest'
import { postgresWithdrawalRooms } from './adapters/postgres-withdrawal-rooms.ts'
import { OPEN_POLICY } from './domain/policy.ts'
import { withdrawalsDatabase } from './testing/withdrawals-database.ts'
import { requestWithdrawal } from './usecases/request-withdrawal.ts'

const chain = chainIdOf(31_337)
const asset = nativeAssetId(chain)

test('W1: of 500 withdrawals at once no more are taken than the balance covers', async () => {
  await using database = await withdrawalsDatabase({ connectionsMax: 20 })
  const owner = await database.owner({ [asset]: 1_000n })
  const ask = requestWithdrawal({
    rooms: postgresWithdrawalRooms(database.postgres),
    ...{ policy: OPEN_POLICY, chains: [chain], own: [], newId: randomUUID, now: () => new Date() },
    assets: [{ id: asset, chain, contract: null, symbol: 'ETH', decimals: 18 }],
  })
  // Who waits for a connection too long is told to come again, and does, under the same key.
  const askAgain: typeof ask = async (wanted) => {
    try {
      return await ask(wanted)
    } catch (error) {
      if (isTransientPostgresError(error)) return await askAgain(wanted)
      throw error
    }
  }
  const to = `0x${'5e'.repeat(20)}` as Address
  const request = { owner, kind: 'user', asset, to, amount: 9n as Units } as const

  const asked = await Promise.allSettled(
    Array.from({ length: 500 }, (_, key) =>
      askAgain({ ...request, key: `${key}`, requestedBy: 'shop' }),
    ),
  )

  const refused = asked.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
  expect(refused).toEqual(Array.from({ length: 389 }, () => 'WITHDRAWAL_FUNDS'))
  expect(await database.available(owner, asset)).toBe(1n)
  expect(await database.violations()).toEqual([])
})
