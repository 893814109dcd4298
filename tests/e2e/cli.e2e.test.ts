import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ApiClient, apiClient } from '@coffer/cli/api-client'
import { createUsers } from '@coffer/cli/create-users'
import { chainIdOf } from '@coffer/money/chain-id'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient, quantity } from '@coffer/simulator/anvil-client'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshHome } from './coffer-under-test.ts'
import { openPorts, processesOf, runCoffer, startUp, type Up, untilGone } from './run-coffer.ts'

/** Goal: the commands do what they say. Method: they run as processes, as they do for users. */

const KINDS = ['--kinds', 'native,erc20,batch', '--seed', '7']
const BLOCK_0 = ['--from', '0', '--to', '0']

let home: string
let up: Up
let api: ApiClient

beforeAll(async () => {
  home = await freshHome('cli')
  up = await startUp(home, { LEASE_MS: '500' })
  api = apiClient({ api: up.facts.api, apiKey: up.facts.apiKey })
})

afterAll(async () => {
  await up[Symbol.asyncDispose]()
})

test('up serves the API, its document and its metrics where it says', async () => {
  const { facts } = up
  const status = async (path: string) => (await fetch(`${facts.api}${path}`)).status

  const chains = await api<{ items: { chain: string }[] }>('GET', '/v1/chains')

  expect(chains.items.map(({ chain }) => chain)).toEqual(['eip155:31337'])
  // It is healthy before the first block is scanned, and ready only then.
  await waitFor(async () => (await status('/ready')) === 200, { what: 'it to be ready' })
  const paths = ['/health', '/ready', '/metrics', '/openapi.json', '/docs', '/v1/chains']
  expect(await Promise.all(paths.map(status))).toEqual([200, 200, 200, 200, 200, 401])
  expect(facts.assets.map(({ symbol }) => symbol)).toEqual(['ETH', 'TUSD', 'TTKN'])
  expect(facts.processes.map(({ name }) => name).sort()).toEqual(['accounts', 'api', 'scanner'])
})

test('up credits a payment, and again after its scanner was killed', async () => {
  const [user] = await createUsers(api, { chain: chainIdOf(31_337), count: 1 })
  const { id = '', address = '' } = user ?? {}
  const scanner = up.facts.processes.find(({ name }) => name === 'scanner')

  await pay(address, 40n)
  await untilBalance(id, '40')
  process.kill(scanner?.pid ?? 0, 'SIGKILL')
  await pay(address, 2n)
  await untilBalance(id, '42')

  expect(up.told()).toContain('scanner: ended (SIGKILL)')
})

test('simulate pays as many deposits as it is told, and rescan finds them all again', async () => {
  const simulated = await coffer('simulate', 'deposits', '--users', '3', '--count', '20', ...KINDS)
  const { deposits, fromBlock, toBlock } = simulated
  // With the two that came before.
  const isScanned = async () => (await credited()) === 22
  await waitFor(isScanned, { what: 'all deposits to be credited', timeoutMs: 60_000 })
  const range = ['--from', `${fromBlock}`, '--to', `${toBlock}`]
  const rescan = await coffer('rescan', ...range)

  expect(deposits).toBe(20)
  expect(rescan).toMatchObject({ status: 'done', found: 20, added: 0, republished: 20 })
  expect(await credited()).toBe(22)
})

test('addresses import watches what a file lists, and counts what it knew', async () => {
  const file = join(home, 'addresses.ndjson')
  const address = `0x${'7'.repeat(40)}`
  const line = (text: string) =>
    JSON.stringify({ owner: 'customer-1', address: text, chain: 'eip155:31337' })
  await writeFile(file, `${line(address)}\n${line('0x77')}\n`)

  const first = await cofferEnding(4, 'addresses', 'import', file)
  const second = await cofferEnding(4, 'addresses', 'import', file)
  const { id } = await api<{ id: string }>('POST', '/v1/users', { externalId: 'customer-1' })
  await pay(address, 5n)
  await untilBalance(id, '5')

  expect(first).toMatchObject({ imported: 1, existing: 0, rejected: [{ line: 2 }] })
  expect(second).toMatchObject({ imported: 0, existing: 1, rejected: [{ line: 2 }] })
})

test('chain unlatch says what it would take back, and with --yes does so', async () => {
  const [user] = await createUsers(api, { chain: chainIdOf(31_337), count: 1 })
  const { id = '', address = '' } = user ?? {}
  const node = anvilClient(up.facts.rpcUrl)
  await pay(address, 9n)
  await untilBalance(id, '9')
  await node.mine(70)
  const { number } = await node.head()
  await untilChain(({ checkpoint }) => BigInt(checkpoint ?? 0) >= number)

  await node.reorg(80)
  await node.mine()
  await untilChain(({ latched }) => latched)
  const waiting = await coffer('chain', 'latched')
  const plan = await coffer('chain', 'unlatch')
  expect(await chainStatus()).toMatchObject({ latched: true })
  const done = await coffer('chain', 'unlatch', '--yes')
  await untilBalance(id, '0')

  expect(waiting).toEqual([{ chain: 'eip155:31337', reason: plan['reason'] }])
  expect(plan).toMatchObject({ done: false, blocks: 80, belowFinal: true })
  expect(plan['deposits']).toContainEqual(expect.objectContaining({ owner: id, amount: '9' }))
  expect(done).toEqual({ ...plan, done: true, head: expect.anything() })
  await untilChain(({ latched, checkpoint, head }) => !latched && checkpoint === head)
  expect(await coffer('chain', 'latched')).toEqual([])
})

test.for([
  {
    name: 'a chain that is not latched',
    args: ['chain', 'unlatch', '--yes'],
    says: 'is not latched',
    ends: 4,
  },
  {
    name: 'an unknown kind of deposit',
    args: ['simulate', 'deposits', '--kinds', 'gold'],
    says: 'Expected some of native, erc20, batch.',
    ends: 2,
  },
  {
    name: 'a missing range',
    args: ['rescan', '--to', '5'],
    says: "'--from <block>' not specified",
    ends: 2,
  },
  {
    name: 'a range beyond the head',
    args: ['rescan', '--from', '0', '--to', '999999'],
    says: "can't be rescanned",
    ends: 4,
  },
  {
    name: 'a wrong key',
    args: ['rescan', ...BLOCK_0, '--key', 'wrong'],
    says: 'GET /v1/chains failed: ',
    ends: 4,
  },
  {
    name: 'a file that is not there',
    args: ['addresses', 'import', 'none.ndjson'],
    says: 'Could not read none.ndjson',
    ends: 3,
  },
])('refuses $name in words, and by its code', async ({ args, says, ends }) => {
  const { code, stdout, stderr } = await runCoffer([...args, '--home', home])

  expect(code).toBe(ends)
  expect(stdout).toBe('')
  expect(stderr).toContain(says)
  // A mistake of the caller's is no bug of ours: no stack trace.
  expect(stderr).not.toContain('    at ')
})

test('doctor finds the books right, and names what was changed behind its back', async () => {
  const env = { DATABASE_URL: up.facts.databaseUrl }
  const run = (...args: string[]) => runCoffer(args, env)
  const pair = generateKeyPairSync('ed25519')
  const key = join(home, 'seal.pem')
  const file = join(home, 'seals.json')
  await writeFile(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const sealed = async () => (await run('ledger', 'export-seals', '--key', key)).code === 0
  await waitFor(sealed, { what: 'a seal', timeoutMs: 60_000 })
  await writeFile(file, (await run('ledger', 'export-seals', '--key', key)).stdout)

  const verified = await run('ledger', 'verify-seal', file)
  const healthy = await run('doctor', '--ledger', '--seals', file)
  await using postgres = openPostgres(env.DATABASE_URL)
  const [booked] = await postgres.execute<{ reference: string }>(sql`
    select reference from ledger.transactions order by recorded_xid, id limit 1`)
  const reference = booked?.reference ?? ''
  await writeFile(file, (await run('ledger', 'prove', reference, '--key', key)).stdout)
  const proven = await run('ledger', 'verify-seal', file)
  await changeTime(postgres, reference, '1 hour')
  const ill = await run('doctor', '--ledger')
  await changeTime(postgres, reference, '-1 hour')

  expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('Seals 1 to ') })
  expect(healthy).toMatchObject({ code: 0, stdout: expect.stringContaining('I10 hold') })
  expect(proven).toMatchObject({ code: 0, stdout: expect.stringContaining('is under seal 1') })
  expect(ill.code).toBe(6)
  expect(ill.stdout).toContain(`${reference}: it was changed since seal 1 was made of it`)
})

test('the doctor finds every part well, and says what to do about one that is not', async () => {
  type Finding = { name: string; isWell: boolean; advice?: string }
  const examined = async (...args: string[]) => {
    const { code, stdout } = await runCoffer(['doctor', '--home', home, '--json', ...args])
    return { code, findings: JSON.parse(stdout) as Finding[] }
  }

  const well = await examined()
  const ill = await examined('--app', 'accounts=http://127.0.0.1:9')

  expect(well.findings.filter(({ isWell }) => !isWell)).toEqual([])
  expect(well.code).toBe(0)
  expect(well.findings.map(({ name }) => name)).toEqual([
    ...['database', 'roles', 'clocks', 'broker', 'redis', expect.stringMatching(/^node 127/)],
    ...['scanner', 'accounts', 'api'].map(() => expect.stringMatching(/^(scanner|accounts|api)$/)),
    ...['ledger', 'disk'],
  ])
  expect(ill.code).toBe(6)
  expect(ill.findings.filter(({ isWell }) => !isWell)).toEqual([
    expect.objectContaining({
      name: 'accounts',
      advice: `Look into its log (${join(home, 'logs', 'accounts.log')}) and start it again.`,
    }),
  ])
})

test('status tells of everything at one moment, as JSON and in plain lines', async () => {
  const told = await runCoffer(['status', '--home', home, '--json'])
  const shown = await runCoffer(['status', '--home', home])
  const status = JSON.parse(told.stdout)
  const states = status.services.map(({ state }: { state: string }) => state)
  expect(states).toEqual(['ready', 'ready', 'ready'])
  expect(status.chains).toMatchObject([{ chain: 'eip155:31337', latched: false }])
  expect(status.deposits.length).toBeGreaterThan(0)
  expect(status).toMatchObject({ alarms: [], problems: [] })
  expect(status.consumers).toContainEqual({ group: 'accounts', messages: 0 })
  expect(shown.stdout).toContain('3 of 3 processes ready')
  expect(shown.stdout.includes('\x1b')).toBe(false)
})

test('refuses to talk to a Coffer that was never started', async () => {
  const { code, stderr } = await runCoffer(['rescan', ...BLOCK_0, '--home', join(home, 'nowhere')])

  expect(code).toBe(5)
  expect(stderr).toContain('No running Coffer is known here')
})

test('down ends all that up has started', async () => {
  const processes = processesOf(home)

  const { stopped } = await coffer('down')

  const names = (stopped as { name: string }[]).map(({ name }) => name)
  expect(names).toContain('owner')
  expect(processes.length).toBeGreaterThan(7)
  await untilGone(processes)
  expect(await openPorts(up.facts)).toEqual([])
  expect(await coffer('down')).toEqual({ stopped: [] })
})

const coffer = (...args: string[]) => cofferEnding(0, ...args)

async function cofferEnding(ends: number, ...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCoffer([...args, '--json', '--home', home])
  expect(code, stderr).toBe(ends)
  return JSON.parse(stdout) as Record<string, unknown>
}

async function pay(to: string, value: bigint): Promise<void> {
  const node = anvilClient(up.facts.rpcUrl)
  const [from] = await node.accounts()
  await node.request('eth_sendTransaction', [{ from, to, value: quantity(value) }])
}

async function untilBalance(user: string, available: string): Promise<void> {
  const path = `/v1/users/${user}/balances`
  const has = async () => {
    const { items } = await api<{ items: { available: string }[] }>('GET', path)
    return items[0]?.available === available
  }
  await waitFor(has, { what: `a balance of ${available}`, timeoutMs: 60_000 })
}

type ChainStatus = { checkpoint: number | null; head: number | null; latched: boolean }

async function chainStatus(): Promise<ChainStatus> {
  const { items } = await api<{ items: [ChainStatus] }>('GET', '/v1/chains')
  return items[0]
}

const untilChain = (is: (status: ChainStatus) => boolean) =>
  waitFor(async () => is(await chainStatus()), { what: `the chain as in ${is}`, timeoutMs: 60_000 })

async function credited(): Promise<number> {
  const path = '/v1/deposits?status=credited&limit=200'
  return (await api<{ items: unknown[] }>('GET', path)).items.length
}

/** Changes what no code of ours could change. */
const changeTime = (postgres: Postgres, reference: string, by: string) =>
  postgres.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql`
      update ledger.transactions set event_at = event_at + ${by}::interval
      where reference = ${reference}`)
  })
