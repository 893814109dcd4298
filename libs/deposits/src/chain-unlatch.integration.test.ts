import { expect, test } from 'vitest'
import { postgresLatches } from './adapters/postgres-latches.ts'
import { chainNodes } from './chain-nodes.ts'
import {
  chainFacts,
  scanConfig,
  scanProcess,
  settle,
  storedFacts,
  type Watched,
  watchNew,
} from './testing/anvil-scan.ts'
import { CHAIN } from './testing/fake-transfers.ts'
import { mineWith, rawPayments } from './testing/raw-payments.ts'
import { testScan } from './testing/test-scan.ts'
import { unlatchChain } from './usecases/unlatch-chain.ts'

const { chain, database } = await testScan()

test('a reorg deeper than the policy latches, and an operator lets the scan follow it', async () => {
  const watched = (await watchNew(database, 1)) as [Watched]
  const [{ address }] = watched
  const pay = rawPayments(chain.client, 'unlatch')
  const startBlock = (await chain.client.head()).number
  const config = { startBlock, reorgDepthMax: 3 }
  await using process = await scanProcess({ ...chain, database, config })
  await mineWith(chain.client, await pay(address, 1n))
  const payments = [await pay(address, 2n), await pay(address, 3n), await pay(address, 4n)]
  for (const payment of payments) await mineWith(chain.client, payment)
  await chain.client.mine(2)
  await settle(process)
  const stored = await chain.client.head()

  // One of the three is on the new branch too.
  const held = payments.slice(0, 1).map(({ raw }) => ({ transaction: raw, block: 2 }))
  await chain.client.reorg(5, held)
  await mineWith(chain.client, await pay(address, 5n))
  await settle(process)
  await using nodes = chainNodes([scanConfig({ ...chain, config })])
  const unlatch = unlatchChain({
    latches: postgresLatches(database.postgres),
    nodeOf: nodes.nodeOf,
    chains: [CHAIN],
    onUnlatched: () => undefined,
  })
  const plan = await unlatch.plan(CHAIN)

  expect(plan).toMatchObject({
    reason: expect.stringContaining('undo 3 blocks'),
    checkpoint: { number: stored.number },
    keeps: { number: stored.number - 5n },
    blocks: 5n,
    isBelowFinal: true,
    reversed: 3,
  })
  expect(await process.scan(), 'a plan alone lifts nothing').toBe('idle')
  expect(await database.events()).toHaveLength(4)

  expect(await unlatch.carryOut(CHAIN, plan.keeps?.hash ?? null)).toEqual(plan)
  await settle(process)

  const truth = await chainFacts(chain, watched, { fromBlock: startBlock })
  expect(truth).toHaveLength(3)
  expect(await storedFacts(database, 'final')).toEqual(truth)
  expect(await storedFacts(database, 'orphaned')).toHaveLength(2)
  const types = (await database.events()).map(({ type }) => type.replace('deposit.', ''))
  expect(types.slice(4)).toEqual([...Array(3).fill('reversed'), 'confirmed', 'confirmed'])
  await expect(unlatch.plan(CHAIN)).rejects.toMatchObject({ code: 'CHAIN_NOT_LATCHED' })
})
