import { chains } from '@coffer/deposits/schema'
import type { Watched } from '@coffer/deposits/testing/anvil-scan'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { reorg } from '@coffer/simulator/reorg'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import type { RpcFault } from '@coffer/testkit/rpc-fault'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { rpcHeads } from '@coffer/testkit/rpc-heads'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HazardStage, hazardStage } from './hazard-stage.ts'
import { hurriedClock } from './hurried-clock.ts'

let stage: HazardStage
beforeAll(async () => {
  stage = await hazardStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

/** By its clock a node that fails is left alone for a tenth of the time. */
const scannerOf = (options: Parameters<HazardStage['scanner']>[0] = {}) =>
  stage.scanner({ clock: hurriedClock(10), ...options })

let paid = 0

/** Pays `watched` over a few blocks. */
function pay(watched: readonly Watched[], count = 20) {
  paid += 1
  return simulateDeposits({
    rpcUrl: stage.chain.url,
    addresses: watched.map(({ address }) => address),
    kinds: ['native', 'erc20', 'batch', 'internal'],
    ...{ count, blocks: 6, seed: paid },
  })
}

test.each(['eth_getBlockReceipts', 'eth_getBlockByNumber', 'trace_block'])(
  'F5: a reorg between two calls, before %s, mixes nothing of two branches',
  async (method) => {
    const watched = await stage.begin(2)
    await pay(watched)
    // One after the other: two at once would leave the node itself without a block.
    let striking = Promise.resolve()
    let calls = 0
    const strike = () => {
      calls += 1
      if (calls % 3 !== 0) return
      striking = striking.then(async () => {
        await reorg(stage.chain.client, { depth: 2, fillers: 1 })
      })
      return striking
    }
    const match = (call: { method: string }) => call.method === method
    const rule = stage.proxy.add({ fault: rpcFaults.before(strike), match, times: 9 })
    const config = { traceMethod: 'trace_block' } as const
    await using scanner = await scannerOf({ chunkBlocks: 2, config })

    await stage.settle(scanner)
    // How many calls it takes to read so many blocks depends on what is asked at the same time.
    while (rule.fired < 9) {
      await pay(watched)
      await stage.settle(scanner)
    }

    expect(await stage.violations()).toEqual([])
  },
)

test.each<[string, () => RpcFault]>([
  ['leaves out all logs', () => rpcLies.logsOmitted()],
  ['leaves out some logs', () => rpcLies.logsOmitted(0.5)],
  ['cuts lists of logs short', () => rpcLies.logsTruncated(1)],
  ['answers null', rpcFaults.nullResult],
  ['has no receipts yet', () => rpcLies.receiptsDropped(99)],
])('F6: a node that %s makes no block empty', async (_, fault) => {
  await expectHonestInTheEnd(fault, 0.6)
})

test.each<[string, () => RpcFault]>([
  ['forges a log', () => rpcLies.logForged({ data: `0x${'f'.repeat(64)}` })],
  ['turns failure into success', rpcLies.statusFlipped],
  ['tells of logs that were removed', rpcLies.logsRemoved],
  ['gives every log one number', rpcLies.logIndexDuplicated],
  ['has receipts of another block', () => rpcLies.receiptsOfBlock(`0x${'b'.repeat(64)}`)],
  ['shows an empty bloom', rpcLies.bloomZeroed],
])('A10, F8: a node that %s is not believed', async (_, fault) => {
  await expectHonestInTheEnd(fault, 1)
})

/** Through a node that lies nothing is credited but what is there, and all of it once it heals. */
async function expectHonestInTheEnd(fault: () => RpcFault, share: number): Promise<void> {
  const watched = await stage.begin(2)
  const { deposits } = await pay(watched)
  const rule = stage.proxy.add({ fault: fault(), share })
  await using scanner = await scannerOf()
  for (let step = 0; step < 2; step += 1) await scanner.scan().catch(() => undefined)

  const paidAmounts = deposits.map(({ amount }) => amount)
  const believed = await stage.finalAmounts()
  expect(believed.filter((amount) => !paidAmounts.includes(amount))).toEqual([])
  expect(rule.fired).toBeGreaterThan(0)

  stage.proxy.heal()
  await stage.settle(scanner)
  expect(await stage.finalAmounts()).toHaveLength(deposits.length)
  expect(await stage.violations()).toEqual([])
}

test('F7: nodes behind one name that disagree, one behind and on a branch of its own, cost nothing', async () => {
  const watched = await stage.begin(2)
  await pay(watched)
  await using other = await startAnvil({ arguments: ['--no-mining', '--no-request-size-limit'] })
  const state = await stage.chain.client.request<string>('anvil_dumpState')
  await anvilClient(other.url).request('anvil_loadState', [state])
  await anvilClient(other.url).mine()
  await pay(watched)
  const rule = stage.proxy.add({ fault: rpcFaults.otherNode(other.url), share: 0.4 })
  await using scanner = await scannerOf()
  for (let step = 0; step < 20; step += 1) await scanner.scan().catch(() => undefined)
  const hasStruck = async () => {
    await scanner.scan().catch(() => undefined)
    return rule.fired > 5
  }
  await waitFor(hasStruck, { what: 'the other node to be asked' })

  stage.proxy.heal()
  await stage.settle(scanner)

  expect(await stage.latched()).toBeNull()
  expect(await stage.violations()).toEqual([])
})

test('F8: a node of another chain is refused before anything is read', async () => {
  await stage.begin(1)
  stage.proxy.add({ fault: rpcLies.chainId(1) })
  await using scanner = await scannerOf()

  await expect(scanner.scan()).rejects.toMatchObject({ code: 'CHAIN_MISMATCH', retry: 'never' })
})

test('F9: with 30 % of all requests failing in every way, all is read in the end', async () => {
  const watched = await stage.begin(3)
  const faults: readonly RpcFault[] = [
    rpcFaults.status(429),
    rpcFaults.status(503),
    rpcFaults.cutJson(),
    rpcFaults.cutConnection(),
    rpcFaults.drop(),
    rpcFaults.error(-32_602, 'block range extends beyond current head block'),
  ]
  const rules = faults.map((fault) => stage.proxy.add({ fault, share: 0.05 }))
  await using scanner = await scannerOf({ chunkBlocks: 2 })

  do {
    await pay(watched)
    const { number } = await stage.chain.client.head()
    while ((await checkpoint()) < number) await scanner.scan().catch(() => undefined)
  } while (rules.some(({ fired }) => fired === 0))
  await stage.settle(scanner)

  expect(await stage.violations()).toEqual([])
})

test.each<[string, () => RpcFault]>([
  ['stands still', rpcHeads.frozen],
  ['goes back with every look', () => rpcHeads.backwards(1)],
  ['lags', () => rpcHeads.lagging(3)],
])('F10: a head that %s undoes nothing, and is followed when it goes on', async (_, fault) => {
  const watched = await stage.begin(2)
  await using scanner = await scannerOf()
  await pay(watched)
  await stage.settle(scanner)
  const before = await stage.told()

  stage.proxy.add({ fault: fault() })
  for (let step = 0; step < 5; step += 1) await scanner.scan().catch(() => undefined)
  await pay(watched)
  for (let step = 0; step < 5; step += 1) await scanner.scan().catch(() => undefined)
  const meanwhile = await stage.told()
  stage.proxy.heal()
  await stage.settle(scanner)

  expect(meanwhile.slice(0, before.length)).toEqual(before)
  expect(meanwhile.filter((event) => event.startsWith('reversed'))).toEqual([])
  expect(await stage.violations()).toEqual([])
})

/** How far the chain is scanned. */
async function checkpoint(): Promise<bigint> {
  const [chain] = await stage.database.postgres.select().from(chains)
  return chain?.checkpointNumber ?? -1n
}
