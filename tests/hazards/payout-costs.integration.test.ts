/**
 * What payouts cost, by the hazards of docs/hazards.md. Goal: nobody makes us pay more than we said
 * that we would, and whoever waits for that is told of and loses nothing.
 */
import { gasBurnerBytecode } from '@coffer/contracts/gas-burner'
import { revertingRecipientBytecode } from '@coffer/contracts/reverting-recipient'
import type { Address } from '@coffer/evm/address'
import {
  ETH,
  type PayoutStage,
  payoutStage,
  stranger,
} from '@coffer/withdrawals/testing/payout-stage'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type PayoutChecks, payoutChecks } from './payout-checks.ts'

let stage: PayoutStage
let checks: PayoutChecks
let lastStranger = 200

beforeAll(async () => {
  stage = await payoutStage()
  checks = payoutChecks(stage)
})
afterEach(async () => {
  await stage.client.setAutomine(true)
  expect(await stage.database.violations()).toEqual([])
})
afterAll(() => stage[Symbol.asyncDispose]())

const newStranger = (): Address => stranger(++lastStranger)

test('W11: a recipient that burns gas is not paid, and costs nothing', async () => {
  const to = newStranger()
  await checks.become(to, gasBurnerBytecode)
  const asked = await stage.withdraw({ to })
  const gasBefore = await stage.database.system('gas', ETH)

  await stage.finish()

  expect((await stage.database.withdrawal(asked.id)).status).toBe('failed')
  expect(await stage.database.available(asked.owner, ETH)).toBe(2_000n)
  expect(await stage.database.system('gas', ETH)).toBe(gasBefore)
})

test('W11: of a batch only whoever makes it fail is left out', async () => {
  const [good, burner, other] = [newStranger(), newStranger(), newStranger()]
  await checks.become(burner, revertingRecipientBytecode)
  const asked = await Promise.all([good, burner, other].map((to) => stage.withdraw({ to })))
  const nonce = await stage.chain.nonce(stage.hot, 'latest')

  await stage.finish({ batchPayer: stage.contracts.batchPayer as Address, batchMax: 10 })

  const ended = await Promise.all(asked.map(({ id }) => stage.database.withdrawal(id)))
  expect(ended.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed'])
  expect(ended[0]?.txHash).toBe(ended[2]?.txHash)
  expect(await stage.chain.nonce(stage.hot, 'latest')).toBe(nonce + 1)
  expect([await stage.balance(good), await stage.balance(other)]).toEqual([1_000n, 1_000n])
})

test('W17: payouts wait while gas is too expensive or the wallet empty, and it is told', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.client.request('anvil_setNextBlockBaseFeePerGas', ['0x2e90edd000'])
  await stage.client.mine()
  await stage.dispatch()
  expect(stage.waiting()).toBe('gas_price')
  expect(await stage.told()).toMatch(/coffer_payouts_held\{.*reason="gas_price".*\} 1/)

  await stage.client.request('anvil_setNextBlockBaseFeePerGas', ['0x3b9aca00'])
  await stage.client.mine()
  const balance = await stage.balance(stage.hot)
  await stage.client.setBalance(stage.hot, 1n)
  await stage.dispatch()
  expect(stage.waiting()).toBe('funds')
  expect((await stage.database.withdrawal(asked.id)).status).toBe('queued')

  await stage.client.setBalance(stage.hot, balance)
  await stage.finish()
  await checks.expectPaidOnce(asked.id, to)
})

test('W17: a payout waits while it would cost more than it may, and is never raised beyond', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  const fees = { ...stage.settings.fees, payoutFeeMax: 21_000n }
  await stage.dispatch({ fees })
  expect(stage.waiting()).toBe('gas_price')

  const [{ baseFeePerGas: base } = { baseFeePerGas: '0x0' }] = [await latestBlock()]
  const enough = { ...fees, payoutFeeMax: 30_000n * (2n * BigInt(base) + 2n * 10n ** 9n) }
  await stage.client.setAutomine(false)
  await stage.dispatch({ fees: enough })
  await stage.advance()
  for (let raise = 0; raise < 20; raise += 1) {
    await stage.advance({ feesOf: () => enough, raiseAfterMs: 0 })
  }
  const [waiting] = await checks.openTransactions()
  await stage.client.setAutomine(true)
  const offered = waiting?.attempts.map(({ maxFeePerGas }) => maxFeePerGas * waiting.gas) ?? []
  expect(offered.length).toBeGreaterThan(0)
  expect(offered.filter((cost) => cost > enough.payoutFeeMax)).toEqual([])
  await stage.finish()
  await checks.expectPaidOnce(asked.id, to)
})

test('W17: a wallet that was emptied offers no more for it, and pays what was offered first', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.dispatch()
  const balance = await stage.balance(stage.hot)
  await stage.client.setBalance(stage.hot, 1n)
  for (let look = 0; look < 5; look += 1) await stage.advance({ raiseAfterMs: 0 })
  const [waiting] = await checks.openTransactions()
  expect(waiting?.attempts.map(({ number, takenAt }) => [number, takenAt])).toEqual([
    [0, undefined],
  ])
  expect(await stage.told()).toMatch(/coffer_payouts_not_taken_total\{.*outcome="funds".*\} 5/)

  await stage.client.setAutomine(false)
  await stage.client.setBalance(stage.hot, balance)
  await stage.advance({ raiseAfterMs: 0 })
  const [taken] = await checks.openTransactions()
  // Only now does it begin to wait for a block.
  expect(taken?.attempts.map(({ takenAt }) => takenAt)).toEqual([expect.any(Date)])
  await stage.client.setAutomine(true)
  await stage.client.mine()
  await stage.finish()
  await checks.expectPaidOnce(asked.id, to)
  expect((await stage.database.withdrawal(asked.id)).txHash).toBe(waiting?.attempts[0]?.hash)
})

test('W17: of those that offer more and more the dearest that can be paid is given', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.client.setAutomine(false)
  await stage.dispatch()
  for (let look = 0; look < 4; look += 1) await stage.advance({ raiseAfterMs: 0 })
  const [waiting] = await checks.openTransactions()
  const attempts = waiting?.attempts ?? []
  expect(attempts).toHaveLength(4)
  const balance = await stage.balance(stage.hot)
  const affordable = attempts[2]?.maxFeePerGas ?? 0n
  await stage.client.request('anvil_dropAllTransactions', [])
  await stage.client.setBalance(stage.hot, affordable * (waiting?.gas ?? 0n) + 1_000n)

  await stage.advance({ raiseAfterMs: 0 })
  await stage.client.setAutomine(true)
  await stage.client.mine()
  await stage.client.setBalance(stage.hot, balance)
  await stage.finish()
  await checks.expectPaidOnce(asked.id, to)
  expect((await stage.database.withdrawal(asked.id)).txHash).toBe(attempts[2]?.hash)
})

const latestBlock = () =>
  stage.client.request<{ baseFeePerGas: string }>('eth_getBlockByNumber', ['latest', false])
