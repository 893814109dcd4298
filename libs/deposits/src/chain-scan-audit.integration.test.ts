import type { ChainConfig } from '@coffer/evm/chain-config'
import { units } from '@coffer/money/units'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { rpcFaults } from '@coffer/testkit/rpc-faults'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { postgresGapReader } from './adapters/postgres-gap-reader.ts'
import type { ChainScan } from './chain-scan.ts'
import {
  chainFacts,
  scanProcess,
  settle,
  storedFacts,
  type Watched,
  watchNew,
} from './testing/anvil-scan.ts'
import { CHAIN } from './testing/fake-transfers.ts'
import { testScan } from './testing/test-scan.ts'

const { chain, database } = await testScan()

const AUDIT = { enabled: true, rangeBlocks: 5, blocksPerSecondMax: 10_000, repeat: false }
const UNPROVEN = {
  headerHash: false,
  receiptsRoot: false,
  logsBloom: false,
  withdrawalsRoot: false,
}

test('finds nothing where nothing is wrong: dust, late addresses and rescans are no misses', async () => {
  const { watched, startBlock } = await paidChain(30)
  await using process = await auditing({ startBlock })
  await settle(process)
  const late = await watchNew(database, 1)
  await pay(late, 3)
  await settle(process)
  await database.requestRescan(CHAIN, startBlock, startBlock + 2n)
  while ((await process.rescan()) === 'busy');

  await auditAll(process)

  expect(await findings()).toEqual([])
  expect(await storedFacts(database, 'final')).toEqual(
    await chainFacts(chain, [...watched, ...late], { fromBlock: startBlock }),
  )
})

test('what one endpoint hid from the scan is credited once, as the other one has it', async () => {
  const { watched, startBlock } = await paidChain(30)
  await using liar = await startRpcProxy({ upstream: chain.url })
  await using other = await startRpcProxy({ upstream: chain.url })
  liar.add({ fault: rpcLies.logsOmitted() })
  const away = other.add({
    fault: rpcFaults.error(-32_000, 'no state'),
    match: ({ method }) => method === 'eth_getBlockReceipts',
  })
  const config = { startBlock, rpcUrls: [liar.url, other.url], proof: UNPROVEN }
  await using process = await auditing(config)
  await settle(process)
  const truth = await chainFacts(chain, watched, { fromBlock: startBlock })
  const hidden = truth.length - (await storedFacts(database, 'final')).length
  expect(hidden).toBeGreaterThan(5)
  away.remove()

  await auditAll(process)

  expect(await storedFacts(database, 'final')).toEqual(truth)
  const told = await database.events()
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length)
  expect(told).toHaveLength(truth.length)
  const named = (await findings()).join('\n')
  expect(named).toMatch(/^audit \d+: The scan had missed eip155:31337:0x/)
})

test('what is deleted or changed by hand is found, named, and put back where it was missing', async () => {
  const { watched, startBlock } = await paidChain(20)
  await using process = await auditing({ startBlock })
  await settle(process)
  const truth = await storedFacts(database, 'final')
  const [deleted, changed] = await database.deposits()
  await database.tamper.forgetDeposit(deleted?.id ?? '')
  await database.tamper.setAmount(changed?.id ?? '', units(12_345n))
  await database.tamper.forgetBlock((await chain.client.head()).number - 1n)

  await auditAll(process)

  const named = await findings()
  expect(named).toHaveLength(3)
  expect(named.join('\n')).toContain(`The scan had missed ${deleted?.id}`)
  expect(named.join('\n')).toContain(`${changed?.id} (amount 12345 instead of ${changed?.amount}`)
  expect(named.join('\n')).toContain('Had no row between blocks that have')
  await database.tamper.setAmount(changed?.id ?? '', units(changed?.amount ?? 0n))
  expect(await storedFacts(database, 'final')).toEqual(truth)
  expect(truth).toEqual(await chainFacts(chain, watched, { fromBlock: startBlock }))
  expect(await auditedTo()).toBe((await chain.client.head()).number)
})

test('a process that dies goes on where it was, and a gap closes when its blocks are read again', async () => {
  const { startBlock } = await paidChain(20)
  {
    await using process = await auditing({ startBlock, audit: { ...AUDIT, rangeBlocks: 1 } })
    await settle(process)
    await database.tamper.forgetDeposit((await database.deposits())[0]?.id ?? '')
    await waitFor(() => process.audit().then((result) => result === 'busy'), { what: 'a step' })
  }
  const before = await auditedTo()
  await using process = await auditing({ startBlock })

  await auditAll(process)

  expect(before).toBe(startBlock)
  const [gap] = await openGaps()
  await database.requestRescan(CHAIN, gap?.fromBlock ?? 0n, gap?.toBlock ?? 0n, gap?.id)
  while ((await process.rescan()) === 'busy');
  expect(await openGaps()).toEqual([])
})

test('reorgs at the tip raise no alarm, and what they bring is audited', async () => {
  const { watched, startBlock } = await paidChain(10)
  await using process = await auditing({ startBlock })
  for (let round = 0; round < 3; round++) {
    await settle(process)
    await auditAll(process)
    await chain.client.request('anvil_reorg', [3, []])
    await process.audit()
    await chain.client.mine()
    await pay(watched, 4)
    await process.audit()
  }
  await settle(process)

  await auditAll(process)

  expect(await findings()).toEqual([])
  expect(await storedFacts(database, 'final')).toEqual(
    await chainFacts(chain, watched, { fromBlock: startBlock }),
  )
})

/** New addresses, and a chain that pays them from `startBlock` on. */
async function paidChain(count: number) {
  const startBlock = (await chain.client.head()).number + 1n
  const watched = await watchNew(database, 4)
  await pay(watched, count)
  for (let empty = 0; empty < 3; empty++) await chain.client.mine()
  return { watched, startBlock }
}

async function pay(watched: readonly Watched[], count: number): Promise<void> {
  await simulateDeposits({
    rpcUrl: chain.url,
    addresses: watched.map(({ address }) => address),
    count,
    kinds: ['native', 'erc20', 'batch'],
    seed: count,
  })
}

const auditing = (config: Partial<ChainConfig>): Promise<ChainScan> =>
  scanProcess({
    ...{ url: chain.url, database, contracts: chain.contracts },
    config: { audit: AUDIT, ...config },
  })

/** Audits until everything final is audited. */
async function auditAll({ audit }: ChainScan): Promise<void> {
  await waitFor(
    async () => {
      await audit()
      const [row] = await database.postgres.execute<{ done: boolean }>(sql`
        select audited_number = final_number as done from deposits.chains`)
      return row?.done
    },
    { what: 'the audit of all final blocks' },
  )
}

async function auditedTo(): Promise<bigint> {
  const [row] = await database.postgres.execute<{ to: string }>(sql`
    select audited_number as to from deposits.chains`)
  return BigInt(row?.to ?? -1)
}

const openGaps = () =>
  postgresGapReader(database.postgres).list({ isOpen: true }, { before: undefined, limit: 99 })

const findings = async () =>
  (await openGaps()).map(({ kind, fromBlock, reason }) => `${kind} ${fromBlock}: ${reason}`)
