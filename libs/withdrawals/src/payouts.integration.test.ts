import { erc20AssetId } from '@coffer/money/asset'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHAIN, ETH, type PayoutStage, payoutStage, stranger } from './testing/payout-stage.ts'

let stage: PayoutStage

beforeAll(async () => {
  stage = await payoutStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

test('pays coin, and books what it took once it is final', async () => {
  const { database } = stage
  const asked = await stage.withdraw({ to: stranger(1), amount: 1_000n })

  await stage.dispatch()
  await stage.advance()
  expect((await database.withdrawal(asked.id)).status).toBe('broadcast')
  expect(await database.available(asked.owner, ETH)).toBe(1_000n)
  await stage.finish()

  const paid = await database.withdrawal(asked.id)
  expect(paid).toMatchObject({ status: 'completed', version: 5 })
  expect(await stage.balance(stranger(1))).toBe(1_000n)
  expect(await database.available(asked.owner, ETH)).toBe(1_000n)
  const types = (await database.announced(asked.id)).map(({ type }) => type.split('.')[1])
  expect(types).toEqual(['requested', 'approved', 'broadcast', 'completed'])
  const gas = await database.system('gas', ETH)
  expect(gas).toBe(10n ** 21n - 1_000n - (await stage.balance(stage.hot)))
  expect(await database.system('custody', ETH)).toBe(1_000n - gas)
  expect(await database.system('in_flight', ETH)).toBe(0n)
  expect(await database.violations()).toEqual([])
})

const WORDS = [
  ['already known', 'taken'],
  ['INTERNAL_ERROR: insufficient funds for gas * price + value', 'funds'],
  ['insufficient funds for transfer', 'funds'],
  ['InsufficientFunds, Balance is 0 less than sending value', 'funds'],
  ['Upfront cost exceeds account balance', 'funds'],
  ['replacement transaction underpriced', 'underpriced'],
  ['nonce too low: next nonce 5, tx nonce 4', 'nonce_used'],
  ['txpool is full', 'refused'],
] as const

test.each(WORDS)('a node that says "%s" means %s', async (words, outcome) => {
  const rule = stage.proxy.add({ fault: rpcFaults.error(-32_000, words), times: 1 })

  expect(await stage.chain.broadcast('0x02')).toMatchObject({ outcome })
  expect(rule.fired).toBe(1)
})

test('pays tokens', async () => {
  const asset = erc20AssetId(CHAIN, stage.contracts.tusd)
  const asked = await stage.withdraw({ to: stranger(2), asset, amount: 700n })

  await stage.finish()

  expect((await stage.database.withdrawal(asked.id)).status).toBe('completed')
  expect(await stage.chain.tokenBalance(stage.contracts.tusd as never, stranger(2))).toBe(700n)
})
