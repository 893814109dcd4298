import { startAnvil } from '@coffer/devstack/start-anvil'
import { afterAll, expect, test } from 'vitest'
import { anvilClient } from './anvil-client.ts'
import { deployTestContracts } from './deploy-test-contracts.ts'
import { displayUnits } from './display-units.ts'

const anvil = await startAnvil()
const { assets } = await deployTestContracts(anvilClient(anvil.url))
const [ETH, TUSD] = assets
afterAll(() => anvil[Symbol.asyncDispose]())

test('reads amounts in the decimals that a token tells, and the coin in 18', async () => {
  expect(await displayUnits(anvil.url, TUSD.id, '0.25')).toBe(250_000n)
  expect(await displayUnits(anvil.url, ETH.id, '1.000000000000000001')).toBe(10n ** 18n + 1n)
})

test.each(['1e3', '-1', '', '.5', '0x10', '1,5', '0.1234567'])('refuses "%s"', async (amount) => {
  const refusal = expect(displayUnits(anvil.url, TUSD.id, amount)).rejects

  await refusal.toMatchObject({ code: 'SIMULATOR_AMOUNT', details: { amount, decimals: 6 } })
})
