import { freePort } from '@coffer/devstack/free-port'
import { openBrowser } from '@coffer/testkit/browser'
import { afterAll, expect, test, vi } from 'vitest'
import { freshHome } from './coffer-under-test.ts'
import { goTo, signIn } from './console-visitor.ts'
import { openGuide } from './guides/run-guide.ts'
import { keepShot } from './page-looks.ts'
import { processesOf, runCoffer } from './run-coffer.ts'

// Each begins with what a newcomer waits for, too.
vi.setConfig({ testTimeout: 300_000 })

const home = await freshHome('guides')
const env = { COFFER_HOME: home }

afterAll(async () => {
  await runCoffer(['down'], env)
})

test('a second chain and its token are added, and what is paid there is credited', async () => {
  await using guide = openGuide('chains-and-assets', { ...env, RPC_PORT: `${await freePort()}` })

  await guide.type()

  expect(processesOf(home)).toEqual([])
})

test('an order that is paid is told by webhook, and a forged one is refused', async () => {
  await using guide = openGuide('webhooks', { ...env, PORT: `${await freePort()}` })

  await guide.type()
})

test('an exchange keeps its own books, killed and reorganised, and they agree', async () => {
  await using guide = openGuide('exchange', { ...env, PORT: `${await freePort()}` })

  await guide.type()
})

test('what production needs can be done: topics, proofs of the books, seals', async () => {
  await using guide = openGuide('production', env)

  await guide.type()
})

test('the five minutes end with a deposit that is credited in the console', async () => {
  await using guide = openGuide('five-minutes', env)

  await guide.type('Break it')
  await using browser = await openBrowser()
  await using visit = await browser.open()
  const [apiUrl, apiKey] = [await guide.variable('API_URL'), await guide.variable('API_KEY')]
  await signIn(visit.page, { apiUrl, apiKey })
  await goTo(visit.page, '/deposits', 'Deposits')
  const credited = visit.page.getByRole('row', { name: /0\.25.*Credited|Credited.*0\.25/ })
  await credited.first().waitFor()
  await keepShot(visit.page, 'five-minutes')
  await guide.type()

  expect(processesOf(home)).toEqual([])
})
