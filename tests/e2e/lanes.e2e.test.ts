import { apiClient } from '@coffer/cli/api-client'
import { quantity } from '@coffer/simulator/anvil-client'
import { simulateDeposits } from '@coffer/simulator/simulate-deposits'
import { rpcLies } from '@coffer/testkit/rpc-lies'
import { type RpcProxy, startRpcProxy } from '@coffer/testkit/rpc-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { checkInvariants } from './invariants.ts'
import { runCoffer } from './run-coffer.ts'

/**
 * Goal: what is done behind the scan is done by the processes, and an operator sees what it owes.
 * Method: the scanner reads calls later, from a node that has no traces at first.
 */

let under: CofferUnderTest
let proxy: RpcProxy

beforeAll(async () => {
  under = await cofferUnderTest({ name: 'lanes', users: 3, apps: ['api', 'accounts'] })
  proxy = await startRpcProxy({ upstream: under.coffer.urls.RPC_URLS })
  proxy.add({ fault: rpcLies.tracesMissing() })
  const env = { NATIVE_TRANSFERS: 'traces-later', BALANCE_PROOF_BLOCKS: '1' }
  await under.coffer.startApp('scanner', { env: { ...env, RPC_URLS: proxy.url } })
})

afterAll(async () => {
  await under[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

test('tokens are credited while traces are owed, and all the rest once the node has them', async () => {
  const { deposits } = await simulateDeposits({
    rpcUrl: under.coffer.urls.RPC_URLS,
    addresses: [...under.owners.keys()],
    kinds: ['native', 'erc20', 'internal'],
    count: 15,
    blocks: 3,
    seed: 1,
  })
  const tokens = deposits.filter(({ asset }) => asset.includes('/erc20:'))
  await untilCredited(tokens.length)
  const { number } = await under.node.head()
  await untilFinal(Number(number))
  const owed = await coffer<{ kind: string; toBlock: number }[]>('gaps', 'list')
  const [before] = await coffer<Audit[]>('audit', 'status')

  proxy.heal()
  await untilCredited(deposits.length)
  await untilAudited()

  expect(tokens.length).toBeGreaterThan(2)
  expect(owed).toMatchObject([{ kind: 'traces', toBlock: Number(number) }])
  expect(before).toMatchObject({ gaps: 1, final: Number(number) })
  expect(before?.auditedTo ?? 0).toBeLessThan(Number(number))
  const [after] = await coffer<Audit[]>('audit', 'status')
  expect(after).toMatchObject({ gaps: 0, auditedTo: after?.final })
  expect(await coffer('gaps', 'list')).toEqual([])
  expect(await violations()).toEqual([])
})

test('a gap is closed by reading its blocks again, which credits nothing twice', async () => {
  const { number } = await under.node.head()
  const [gap] = await under.postgres.execute<{ id: string }>(sql`
    insert into deposits.gaps (chain, kind, from_block, to_block, reason)
    values (${under.coffer.chain?.chain}, 'blocks', 0, ${number}, 'for a test') returning id`)
  const id = Number(gap?.id)
  const open = await coffer('gaps', 'list')

  const rescan = await coffer('gaps', 'rescan', `${id}`)
  await under.settle()

  expect(open).toMatchObject([{ id, reason: 'for a test' }])
  expect(rescan).toMatchObject({ status: 'done', found: await credited(), added: 0 })
  expect(await coffer('gaps', 'list')).toEqual([])
  expect(await coffer('gaps', 'list', '--all')).toContainEqual(
    expect.objectContaining({ id, closedBy: 'work' }),
  )
  expect(await violations()).toEqual([])
})

test('a balance that nothing explains is named, until an operator explains it', async () => {
  const [address = ''] = [...under.owners.keys()]
  const balance = BigInt(await under.node.request<string>('eth_getBalance', [address, 'latest']))

  await under.node.request('anvil_setBalance', [address, quantity(balance + 7n)])
  await under.node.mine()
  const [named] = await waitFor(
    async () => {
      const open = await coffer<Difference[]>('balances', 'differences')
      return open.length > 0 ? open : undefined
    },
    { what: 'a difference', timeoutMs: 30_000 },
  )
  const resolve = ['balances', 'resolve', `${named?.id}`, '--reason', 'a gift of the node']
  const resolved = await coffer<Difference>(...resolve)

  expect(named?.address.toLowerCase()).toBe(address)
  expect(BigInt(named?.found ?? 0) - BigInt(named?.expected ?? 0)).toBe(7n)
  expect(resolved.id).toBe(named?.id)
  expect(await coffer('balances', 'differences')).toEqual([])
})

type Audit = { auditedTo: number | null; final: number | null; gaps: number }
type Difference = { id: string; address: string; expected: string; found: string }

const violations = () =>
  checkInvariants({ coffer: under.coffer, owners: under.owners, internal: true, coinLater: true })

/** What a command prints as JSON. */
async function coffer<Answer = unknown>(...args: string[]): Promise<Answer> {
  const { apiUrl, apiKey } = under.coffer
  const ran = await runCoffer([...args, '--json', '--api', apiUrl, '--key', apiKey])
  expect(ran.code, ran.stderr).toBe(0)
  return JSON.parse(ran.stdout) as Answer
}

/** Until all that is final was read twice, and nothing is owed of it. */
async function untilAudited(): Promise<void> {
  const isAudited = async () => {
    const [chain] = (await ask<{ items: Audit[] }>('/v1/chains')).items
    return chain?.final !== null && chain?.auditedTo === chain?.final && chain?.gaps === 0
  }
  await waitFor(isAudited, { what: 'all that is final to be audited', timeoutMs: 60_000 })
}

/** The last block may hold nothing that is credited by now. */
async function untilFinal(number: number): Promise<void> {
  const isFinal = async () =>
    (await ask<{ items: Audit[] }>('/v1/chains')).items[0]?.final === number
  await waitFor(isFinal, { what: `block ${number} to be final`, timeoutMs: 60_000 })
}

async function untilCredited(count: number): Promise<void> {
  const isCredited = async () => (await credited()) === count
  await waitFor(isCredited, { what: `${count} deposits to be credited`, timeoutMs: 60_000 })
}

const credited = async () =>
  (await ask<{ items: unknown[] }>('/v1/deposits?status=credited&limit=200')).items.length

function ask<Answer>(path: string): Promise<Answer> {
  const { apiUrl: api, apiKey } = under.coffer
  return apiClient({ api, apiKey })<Answer>('GET', path)
}
