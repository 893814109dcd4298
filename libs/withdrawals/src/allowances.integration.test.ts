import { noReturnAbi, noReturnBytecode } from '@coffer/contracts/no-return'
import type { Address } from '@coffer/evm/address'
import { type AssetId, erc20AssetId } from '@coffer/money/asset'
import { memoryJournal, testSigner } from '@coffer/signing/testing/test-signer'
import { sendMined } from '@coffer/simulator/send-mined'
import { sql } from 'drizzle-orm'
import { encodeFunctionData } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  CHAIN,
  CONFIRMATIONS,
  type PayoutStage,
  payoutStage,
  stranger,
} from './testing/payout-stage.ts'

const PLENTY = (10n ** 30n).toString()
const HOT_KEY = `0x${'7'.repeat(64)}` as const

let stage: PayoutStage
let tusd: AssetId
let ttkn: AssetId
let batching: { batchPayer: Address; batchMax: number }

beforeAll(async () => {
  stage = await payoutStage()
  tusd = erc20AssetId(CHAIN, stage.contracts.tusd)
  ttkn = erc20AssetId(CHAIN, stage.contracts.ttkn)
  batching = { batchPayer: stage.contracts.batchPayer as Address, batchMax: 20 }
})
afterAll(() => stage[Symbol.asyncDispose]())

let start: string
beforeEach(async () => {
  if (start) await stage.client.revert(start)
  start = await stage.client.snapshot()
  await stage.database.postgres.execute(sql`
    truncate withdrawals.attempts, withdrawals.transactions, withdrawals.withdrawals,
      withdrawals.senders cascade`)
})

test('batches of two tokens are allowed exactly what they take, and then paid', async () => {
  await ask(tusd, 4)
  await ask(ttkn, 5)

  await stage.finish(batching)

  expect(await sent()).toEqual(['approve 4000', 'approve 5000', 'payout of 9'])
  expect(await statuses()).toEqual({ completed: 9 })
  expect([await allowance(tusd), await allowance(ttkn)]).toEqual([0n, 0n])
  expect(await stage.database.violations()).toEqual([])
})

test('what is allowed by the settings lasts for several batches', async () => {
  const allowances = new Map([[tusd, 9_000n]])
  await ask(tusd, 4)
  await stage.finish({ ...batching, allowances })
  await ask(tusd, 4)

  await stage.finish({ ...batching, allowances })

  expect(await sent()).toEqual(['approve 9000', 'payout of 4', 'payout of 4'])
  expect(await allowance(tusd)).toBe(1_000n)
})

test('a token that changes no allowance but from nothing is first allowed nothing', async () => {
  await becomeTether(stage.contracts.ttkn)
  const allowances = new Map([[ttkn, 5_000n]])
  await ask(ttkn, 4)
  await stage.finish({ ...batching, allowances })
  await ask(ttkn, 5)

  await stage.finish({ ...batching, allowances })

  const [again, twice] = ['approve 0', 'approve 5000']
  expect(await sent()).toEqual(['approve 5000', 'payout of 4', again, twice, 'payout of 5'])
  expect(await statuses()).toEqual({ completed: 9 })
})

test('while an allowance or a batch of it is under way nothing else of it is sent', async () => {
  await ask(tusd, 4)
  await stage.dispatch(batching)
  await stage.dispatch(batching)
  const first = [await sent(), stage.waiting()]
  await stage.advance()
  await stage.client.mine(CONFIRMATIONS)
  await stage.advance()
  await stage.dispatch(batching)
  await ask(tusd, 4)
  await stage.dispatch(batching)

  expect(first).toEqual([['approve 4000'], 'allowance'])
  expect([await sent(), stage.waiting()]).toEqual([['approve 4000', 'payout of 4'], 'allowance'])
  await stage.finish(batching)
  expect(await statuses()).toEqual({ completed: 8 })
})

test('few are paid each by itself, for that costs less', async () => {
  await ask(tusd, 3)

  await stage.finish(batching)

  expect(await sent()).toEqual(Array(3).fill('payout of 1'))
})

test('a spender that the signer does not know is allowed nothing, and each is paid alone', async () => {
  const signer = stage.checked(
    testSigner({
      privateKey: HOT_KEY,
      journal: memoryJournal([]),
      policy: (hotWallet) => ({
        chains: [
          {
            ...{ chain: CHAIN, hotWallet, batchPayers: [stranger(7)] },
            assets: [{ asset: tusd, payoutMax: PLENTY, windowMax: PLENTY }],
            ...{ gasMax: '30000000', feeMax: PLENTY, feeWindowMax: PLENTY },
          },
        ],
      }),
    }),
  )
  const round = async () => {
    await stage.dispatch(batching)
    await stage.advance({ signer })
    await stage.client.mine(CONFIRMATIONS)
    await stage.advance({ signer })
  }
  await ask(tusd, 4)

  await round()
  const [refused] = await stage.database.postgres.execute(sql`
    select status, refusal from withdrawals.transactions`)
  await stage.database.postgres.execute(sql`
    update withdrawals.transactions set created_at = created_at - interval '3 minutes'`)
  await round()

  expect(refused).toEqual({ status: 'cancelled', refusal: 'refused_by_signer' })
  expect(await sent()).toEqual(['approve 4000', ...Array(4).fill('payout of 1')])
  expect(await allowance(tusd)).toBe(0n)
  expect(await statuses()).toEqual({ completed: 4 })
})

async function ask(asset: AssetId, count: number): Promise<void> {
  for (let each = 1; each <= count; each += 1) await stage.withdraw({ to: stranger(each), asset })
}

/** What was planned, in the order of its nonces. */
async function sent(): Promise<string[]> {
  const rows = await stage.database.postgres.execute<Row>(sql`
    select purpose, encode(call_data, 'hex') as data, jsonb_array_length(payments) as count
    from withdrawals.transactions order by nonce`)
  return rows.map(({ purpose, data, count }) =>
    purpose === 'approve' ? `approve ${BigInt(`0x${data.slice(-64)}`)}` : `${purpose} of ${count}`,
  )
}

type Row = { purpose: string; data: string; count: number }

async function statuses(): Promise<Record<string, number>> {
  const rows = await stage.database.postgres.execute<{ status: string; count: number }>(sql`
    select status, count(*)::int as count from withdrawals.withdrawals group by status`)
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]))
}

const allowance = (asset: AssetId) =>
  stage.chain.allowance(asset.split('/erc20:')[1] as Address, {
    owner: stage.hot,
    spender: batching.batchPayer,
  })

/** Puts a token that is as USDT in the place of another. */
async function becomeTether(token: string): Promise<void> {
  const { client, hot } = stage
  const [from] = await client.accounts()
  // What a call without a recipient returns is what would be deployed.
  const code = await client.request('eth_call', [{ from, data: noReturnBytecode }, 'latest'])
  await client.request('anvil_setCode', [token, code])
  const mint = { abi: noReturnAbi, functionName: 'mint', args: [hot, 10n ** 12n] } as const
  await sendMined(client, { from, to: token, data: encodeFunctionData(mint) })
}
