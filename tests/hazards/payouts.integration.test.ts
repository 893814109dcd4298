/**
 * Payouts, by the hazards of docs/hazards.md. Goal: whatever happens to a transaction, whoever is
 * owed something gets it once, or has it back. Method: the real thing against a chain and a ledger,
 * moved by hand from one step to the next, with the fault between two of them.
 */
import { revertingRecipientBytecode } from '@coffer/contracts/reverting-recipient'
import type { Address } from '@coffer/evm/address'
import { erc20AssetId } from '@coffer/money/asset'
import { reorg } from '@coffer/simulator/reorg'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import {
  CHAIN,
  CONFIRMATIONS,
  ETH,
  type PayoutStage,
  payoutStage,
  stranger,
} from '@coffer/withdrawals/testing/payout-stage'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type PayoutChecks, payoutChecks } from './payout-checks.ts'

let stage: PayoutStage
let checks: PayoutChecks
let lastStranger = 100

beforeAll(async () => {
  stage = await payoutStage()
  checks = payoutChecks(stage)
})
afterEach(async () => {
  stage.proxy.heal()
  await stage.client.setAutomine(true)
  expect(await stage.database.violations()).toEqual([])
})
afterAll(() => stage[Symbol.asyncDispose]())

const newStranger = (): Address => stranger(++lastStranger)

test('W2: a reply that is lost has the same bytes sent again', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  const before = stage.signer.signed
  const lost = stage.proxy.add({
    fault: rpcFaults.cutConnection(),
    match: ({ method }) => method === 'eth_sendRawTransaction',
    times: 2,
  })

  await stage.finish()

  expect(lost.fired).toBe(2)
  expect(stage.signer.signed - before).toBe(1)
  await checks.expectPaidOnce(asked.id, to)
})

test('W4: a nonce whose payout the signer refuses is taken by nothing, and others go on', async () => {
  const [refused, paid] = [newStranger(), newStranger()]
  const first = await stage.withdraw({ to: refused })
  stage.signer.refuse = true
  await stage.dispatch()
  await stage.advance()
  stage.signer.refuse = false
  const second = await stage.withdraw({ to: paid })

  await stage.finish()

  await checks.expectFailed(first.id, 'refused_by_signer')
  expect(await stage.database.available(first.owner, ETH)).toBe(2_000n)
  expect(await stage.balance(refused)).toBe(0n)
  await checks.expectPaidOnce(second.id, paid)
})

test('W5: while a node only hides a receipt, no other nonce pays again', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.dispatch()
  await stage.advance()
  await stage.client.mine(CONFIRMATIONS)
  const before = stage.signer.signed
  stage.proxy.add({
    fault: rpcFaults.nullResult(),
    match: ({ method }) => method === 'eth_getTransactionReceipt',
  })

  await stage.advance()
  expect((await stage.database.withdrawal(asked.id)).status).toBe('broadcast')
  stage.proxy.heal()
  await stage.finish()

  expect(stage.signer.signed).toBe(before)
  await checks.expectPaidOnce(asked.id, to)
})

test('W5: when another transaction is proven to have the nonce, a new one pays', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.dispatch()
  const refusing = stage.proxy.add({
    fault: rpcFaults.error(-32_000, 'not today'),
    match: ({ method }) => method === 'eth_sendRawTransaction',
  })
  await stage.advance()
  const [{ nonce = 0 } = {}] = await checks.openTransactions()
  await foreign(nonce)
  await stage.client.mine(CONFIRMATIONS)
  await stage.advance()

  expect((await stage.database.withdrawal(asked.id)).status).toBe('queued')
  refusing.remove()
  await stage.finish()

  await checks.expectPaidOnce(asked.id, to)
})

test.each([
  ['the one that offers more', true],
  ['the first', false],
])('W6: of two that share a nonce %s may be mined, and pays once', async (_, isRaised) => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.client.setAutomine(false)
  await stage.dispatch()
  await stage.advance()
  await stage.advance({ raiseAfterMs: 0 })

  const [{ attempts = [] } = {}] = await checks.openTransactions()
  const [first, second] = attempts
  if (!isRaised) {
    await stage.client.request('anvil_dropAllTransactions')
    await stage.client.request('eth_sendRawTransaction', [first?.raw])
  }
  await stage.client.mine()
  await stage.client.setAutomine(true)
  await stage.finish()

  expect(attempts).toHaveLength(2)
  expect(second?.maxFeePerGas).toBeGreaterThanOrEqual(((first?.maxFeePerGas ?? 0n) * 9n) / 8n)
  const { txHash } = await stage.database.withdrawal(asked.id)
  expect(txHash).toBe((isRaised ? second : first)?.hash)
  await checks.expectPaidOnce(asked.id, to)
})

test('W7: a payout that a reorg drops is sent again as it was', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.dispatch()
  await stage.advance()
  const before = stage.signer.signed
  await stage.advance()
  await reorg(stage.client, { depth: 1, place: () => 'drop' })
  expect(await stage.balance(to)).toBe(0n)

  await stage.finish()

  expect(stage.signer.signed).toBe(before)
  await checks.expectPaidOnce(asked.id, to)
})

test('W8: one that reverts on chain is paid back once, and what it cost is booked', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  const gasBefore = await stage.database.system('gas', ETH)
  await stage.client.setAutomine(false)
  await stage.dispatch()
  await stage.advance()
  await checks.become(to, revertingRecipientBytecode)
  await stage.client.mine()
  await stage.advance()
  expect((await stage.database.withdrawal(asked.id)).status).toBe('broadcast')
  await stage.client.setAutomine(true)

  await stage.finish()

  await checks.expectFailed(asked.id, 'reverted')
  expect(await stage.database.available(asked.owner, ETH)).toBe(2_000n)
  expect(await stage.database.system('gas', ETH)).toBeGreaterThan(gasBefore)
})

test('W9: a token that moves nothing is told by its log, whatever it answers', async () => {
  const token = stage.contracts.ttkn
  const asset = erc20AssetId(CHAIN, token)
  const asked = await stage.withdraw({ to: newStranger(), asset, amount: 700n })
  await stage.client.setAutomine(false)
  await stage.dispatch()
  await stage.advance()
  // From here on it returns 0, whatever it is asked.
  const code = await stage.client.request<`0x${string}`>('eth_getCode', [token, 'latest'])
  await stage.client.request('anvil_setCode', [token, '0x600060005260206000f3'])
  await stage.client.mine()
  await stage.client.setAutomine(true)
  await stage.client.mine(CONFIRMATIONS)

  await stage.advance()
  await stage.client.request('anvil_setCode', [token, code])

  await checks.expectFailed(asked.id, 'not_transferred')
  expect(await stage.database.available(asked.owner, asset)).toBe(1_400n)
})

test('W19: what is signed for another chain is neither stored nor sent', async () => {
  const to = newStranger()
  const asked = await stage.withdraw({ to })
  await stage.dispatch()
  const elsewhere = {
    ...stage.signer,
    sign: (request: Parameters<typeof stage.signer.sign>[0]) =>
      stage.signer.sign({ ...request, chain: 'eip155:1' as typeof CHAIN }),
  }

  await expect(stage.advance({ signer: stage.checked(elsewhere) })).rejects.toMatchObject({
    code: 'SIGNED_OTHERWISE',
  })

  expect((await checks.openTransactions())[0]?.attempts).toEqual([])
  await stage.finish()
  await checks.expectPaidOnce(asked.id, to)
})

/** A transaction of the hot wallet's that nobody here knows of. */
async function foreign(nonce: number): Promise<void> {
  const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n }
  const { raw } = await stage.signer.sign({
    ...{ chain: CHAIN, from: stage.hot, purpose: 'cancel' },
    transaction: { nonce, to: newStranger(), value: 5n, data: '0x', gas: 21_000n, ...fees },
  })
  await stage.client.request('eth_sendRawTransaction', [raw])
}
