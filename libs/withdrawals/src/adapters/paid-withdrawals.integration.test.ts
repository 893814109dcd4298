import { randomUUID } from 'node:crypto'
import { parseAddress } from '@coffer/evm/address'
import { txHash } from '@coffer/evm/hash'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { units } from '@coffer/money/units'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transactions, withdrawals } from '../schema.ts'
import { type WithdrawalsDatabase, withdrawalsDatabase } from '../testing/withdrawals-database.ts'
import { type PaidQuery, paidWithdrawals } from './paid-withdrawals.ts'

const CHAIN = chainIdOf(1)
const TO = parseAddress(`0x${'a7'.repeat(20)}`)
const HASH = txHash(`0x${'12'.repeat(32)}`)
const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 12, minute))

let database: WithdrawalsDatabase
beforeAll(async () => {
  database = await withdrawalsDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

test('what is completed is told by the page, in the order in which it ended', async () => {
  const late = await stored({ minute: 3 })
  const first = await stored({ minute: 1 })
  const second = await stored({ minute: 2, refundId: randomUUID() })
  await stored({ minute: 2, status: 'failed' })
  await stored({ minute: 2, chain: chainIdOf(2) })
  const unborn = await stored({ minute: 4, blockNumber: 101n })

  const page = await told({ limit: 2 })
  const last = page.at(-1)
  const next = await told({ limit: 2, after: last })

  expect(page.map(({ id }) => id)).toEqual([first, second])
  expect(page[0]).toEqual({
    ...{ id: first, asset: nativeAssetId(CHAIN), to: TO, amount: 5n, txHash: HASH },
    endedAt: at(1),
  })
  expect(next.map(({ id }) => id)).toEqual([late])
  expect((await told({ since: at(3), until: 200n })).map(({ id }) => id)).toEqual([late, unborn])
})

const told = (query: Partial<PaidQuery>) =>
  paidWithdrawals(database.postgres)({ chain: CHAIN, until: 100n, limit: 10, ...query })

type Stored = {
  minute: number
  status?: 'completed' | 'failed'
  chain?: typeof CHAIN
  blockNumber?: bigint
  refundId?: string
}

async function stored({ minute, status = 'completed', chain = CHAIN, ...rest }: Stored) {
  const { blockNumber = 100n, refundId } = rest
  const [id, transactionId] = [randomUUID(), randomUUID()]
  nonce += 1
  await database.postgres.insert(transactions).values({
    ...({ id: transactionId, chain, sender: TO, nonce, purpose: 'payout' } as const),
    ...({ toAddress: TO, value: units(5n), callData: '0x', gas: 21_000n } as const),
    ...{ maxFeePerGas: units(1n), maxPriorityFeePerGas: units(1n), payments: [] },
    ...({ status: 'succeeded', createdAt: at(0), dueAt: at(0), endedAt: at(minute) } as const),
  })
  await database.postgres.insert(withdrawals).values({
    ...{ id, owner: randomUUID(), chain, asset: nativeAssetId(chain), toAddress: TO, refundId },
    ...{ amount: units(5n), fee: units(0n), status, needsApproval: false, transactionId },
    ...{ txHash: HASH, blockNumber, version: 5, requestedAt: at(0), endedAt: at(minute) },
  })
  return id
}

let nonce = 0
