/**
 * Goal: whatever moves money does it once for its key, however often, at once and by whomever it is
 * sent. Method: one contract for every operation that takes a key, by the API's own document; the
 * first request of two is held up by a lock on a table that it needs.
 */
import { randomUUID } from 'node:crypto'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { AssetId } from '@coffer/money/asset'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCaller, newTenant, type TestCaller } from './testing/tenants.ts'
import { CHAIN, NATIVE_ASSET, type TestApi, testApi } from './testing/test-api.ts'

const ETH = NATIVE_ASSET.id
const PAYEE = `0x${'5e'.repeat(20)}`
const USD = 'sandbox:1/iso4217:USD' as AssetId
const STATEMENT = 'statementId,line,kind,id,reference,asset,amount,movedAt'

type Sent = { path: string; body: object; other: object }

type Operation = {
  route: string
  /** What nobody gets past while it is locked. */
  table: string
  status: number
  /** What it is about, made for `caller`, and a request of another content to the same path. */
  make(caller: TestCaller): Promise<Sent>
  isPlatform?: true
}

const OPERATIONS: readonly Operation[] = [
  {
    ...{ route: 'POST /v1/payments', table: 'payments.idempotency_keys', status: 201 },
    async make(caller) {
      const terms = { reference: 'A-1', asset: ETH, channel: 'onchain' }
      const body = { merchant: await merchantOf(caller), amount: '5', ...terms }
      return { path: '/v1/payments', body, other: { ...body, amount: '6' } }
    },
  },
  {
    ...{ route: 'POST /v1/payments/{id}/refunds', table: 'payments.refunds', status: 202 },
    async make(caller) {
      const path = `/v1/payments/${await refundablePayment(caller)}/refunds`
      return { path, body: { amount: '5', to: PAYEE }, other: { amount: '6', to: PAYEE } }
    },
  },
  withdrawalOf('users', async (caller) => (await caller.call('POST', '/v1/users')).body.id),
  withdrawalOf('merchants', merchantOf),
  {
    ...{ route: 'POST /v1/withdrawals/{id}/approve', table: 'withdrawals.withdrawals' },
    ...{ status: 200, isPlatform: true },
    async make() {
      const { id, approvalHash } = await openWithdrawal()
      const other = { hash: `0x${'0'.repeat(64)}` }
      return { path: `/v1/withdrawals/${id}/approve`, body: { hash: approvalHash }, other }
    },
  },
  {
    ...{ route: 'POST /v1/withdrawals/{id}/cancel', table: 'withdrawals.withdrawals' },
    ...{ status: 200, isPlatform: true },
    async make() {
      const { id } = await openWithdrawal()
      const body = { reason: 'a mistake' }
      return { path: `/v1/withdrawals/${id}/cancel`, body, other: { reason: 'another' } }
    },
  },
  {
    ...{ route: 'POST /v1/merchants/{id}/settlements', status: 202 },
    table: 'settlements.requests',
    async make(caller) {
      const path = `/v1/merchants/${await merchantOf(caller)}/settlements`
      return { path, body: { asset: ETH }, other: { asset: USD } }
    },
  },
  {
    ...{ route: 'POST /v1/reconciliation/differences/{id}/adjustment', status: 200 },
    ...{ table: 'reconciliation.adjustments', isPlatform: true },
    async make() {
      const path = `/v1/reconciliation/differences/${await openDifference()}/adjustment`
      const other = { kind: 'accept', reason: 'a gift' }
      return { path, body: { ...other, kind: 'write_off' }, other }
    },
  },
  {
    ...{ route: 'POST /v1/reconciliation/differences/{id}/confirm', status: 200 },
    ...{ table: 'reconciliation.adjustments', isPlatform: true },
    async make() {
      const path = `/v1/reconciliation/differences/${await openDifference()}`
      const { body } = await api.post(`${path}/adjustment`, { kind: 'write_off', reason: 'a gift' })
      const other = { hash: '0'.repeat(64) }
      return { path: `${path}/confirm`, body: { hash: body.hash }, other }
    },
  },
  {
    ...{ route: 'POST /v1/admin/deposits/{id}/release', table: 'deposits.releases', status: 200 },
    isPlatform: true,
    async make() {
      const id = `${CHAIN}:0x${await suspendedDeposit()}:value`
      const path = `/v1/admin/deposits/${encodeURIComponent(id)}/release`
      return { path, body: { reason: 'ticket 7' }, other: { reason: 'ticket 8' } }
    },
  },
]

let api: TestApi
let platform: TestCaller
let tenants: TestCaller[]

beforeAll(async () => {
  api = await testApi()
  platform = await newCaller(api, { role: 'admin', holder: 'second@example.com' })
  const made = [1, 2].map(async () =>
    newCaller(api, { role: 'owner', tenant: await newTenant(api) }),
  )
  tenants = await Promise.all(made)
})
afterAll(() => api[Symbol.asyncDispose]())

const callersOf = ({ isPlatform }: Operation) => (isPlatform ? [platform] : tenants)

test('A11: these are all operations that take a key', async () => {
  const { body } = await api.get('/openapi.json')
  const keyed = Object.entries<Record<string, { parameters?: { name: string }[] }>>(
    body.paths,
  ).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, { parameters = [] }]) => parameters.some(({ name }) => name === HEADER))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  )

  expect(keyed.sort()).toEqual(OPERATIONS.map(({ route }) => route).sort())
})

test.each(OPERATIONS)('A11: $route is done once for its key', async (operation) => {
  const [caller = platform, stranger] = callersOf(operation)
  const { path, body, other } = await operation.make(caller)
  const key = `key-of-${operation.route.length}`
  const send = (payload: object, headers: object = { [HEADER]: key }) =>
    api.server.inject({
      ...{ method: 'POST', url: path, payload },
      headers: { ...caller.headers, ...headers },
    })

  const unnamed = await send(body, {})
  const { first, second } = await holdingUp(operation.table, {
    first: () => send(body),
    second: () => send(body),
  })
  const again = await send(body)
  const changed = await send(other)

  expect([unnamed.statusCode, unnamed.json().detail]).toMatchObject([
    400,
    expect.stringContaining(`/headers/${HEADER}`),
  ])
  expect([second.statusCode, second.json().code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_FLIGHT'])
  expect(second.headers['retry-after']).toBe('1')
  expect(first.statusCode).toBe(operation.status)
  expect([again.statusCode, again.json()]).toEqual([operation.status, first.json()])
  expect([changed.statusCode, changed.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  if (stranger === undefined) return
  const theirs = await operation.make(stranger)
  const elsewhere = await api.server.inject({
    ...{ method: 'POST', url: theirs.path, payload: theirs.body },
    headers: { ...stranger.headers, [HEADER]: key },
  })
  expect(elsewhere.statusCode).toBe(operation.status)
  expect(elsewhere.json()).not.toEqual(first.json())
})

test('A11: what is refused for what is not the key’s fault is free to be sent again', async () => {
  const [caller = platform] = tenants
  const path = `/v1/merchants/${randomUUID()}/settlements`
  const key = { [HEADER]: 'once-more' }
  const send = () =>
    api.server.inject({
      ...{ method: 'POST', url: path, payload: { asset: ETH } },
      headers: { ...caller.headers, ...key },
    })

  expect([(await send()).statusCode, (await send()).statusCode]).toEqual([404, 404])
})

const HEADER = 'idempotency-key'

type Response = Awaited<ReturnType<TestApi['server']['inject']>>
type Send = () => Promise<Response>

/** What is answered to the second while the first one waits for a table. */
async function holdingUp(table: string, { first, second }: { first: Send; second: Send }) {
  return await api.postgres
    .transaction(async (tx) => {
      await tx.execute(sql`lock table ${sql.raw(table)} in access exclusive mode`)
      const begun = first()
      const isWaiting = async () => {
        const [found] = await tx.execute<{ count: number }>(sql`
        select count(*)::int as count from pg_locks
        where relation = ${table}::regclass and not granted`)
        return (found?.count ?? 0) > 0
      }
      await waitFor(isWaiting, { what: `a request that waits for ${table}` })
      return { begun, second: await second() }
    })
    .then(async ({ begun, second: answered }) => ({ first: await begun, second: answered }))
}

function withdrawalOf(kind: string, ownerOf: (caller: TestCaller) => Promise<string>): Operation {
  return {
    ...{
      route: `POST /v1/${kind}/{id}/withdrawals`,
      table: 'withdrawals.withdrawals',
      status: 202,
    },
    async make(caller) {
      const owner = await ownerOf(caller)
      await book(owner, [
        [{ owner: 'system', code: 'custody' }, 100n],
        [{ owner, code: 'owner.available' }, -100n],
      ])
      const body = { asset: ETH, to: PAYEE, amount: '5' }
      return { path: `/v1/${kind}/${owner}/withdrawals`, body, other: { ...body, amount: '6' } }
    },
  }
}

/** One that waits for a second person, or would. */
async function openWithdrawal(): Promise<{ id: string; approvalHash: string }> {
  const { body: user } = await api.post('/v1/users', {})
  await book(user.id, [
    [{ owner: 'system', code: 'custody' }, 100n],
    [{ owner: user.id, code: 'owner.available' }, -100n],
  ])
  const asked = { asset: ETH, to: PAYEE, amount: '5' }
  const { body } = await api.post(`/v1/users/${user.id}/withdrawals`, asked)
  await api.postgres.execute(sql`
    update withdrawals.withdrawals set status = 'awaiting_approval', needs_approval = true,
      queued_at = null where id = ${body.id}`)
  return body
}

async function merchantOf(caller: TestCaller): Promise<string> {
  const facts = { name: 'Tea & Sons', email: 'tea@example.com' }
  return (await caller.call('POST', '/v1/merchants', facts)).body.id
}

async function refundablePayment(caller: TestCaller): Promise<string> {
  const merchant = await merchantOf(caller)
  const terms = { merchant, reference: 'A-2', asset: ETH, amount: '100', channel: 'onchain' }
  const { body } = await caller.call('POST', '/v1/payments', terms)
  await book(body.id, [
    [{ owner: 'system', code: 'refundable.contra' }, 100n],
    [{ owner: body.id, code: 'payment.refundable' }, -100n],
  ])
  return body.id
}

type Booked = [{ owner: string; code: 'custody' | 'owner.available' }, bigint]

async function book(owner: string, entries: readonly [{ owner: string; code: string }, bigint][]) {
  const booked = entries as readonly Booked[]
  const draft = {
    ...{ reference: randomUUID(), code: 'test', owner, eventAt: new Date() },
    entries: booked.map(([account, amount]) => ({ account: { ...account, asset: ETH }, amount })),
  }
  await api.postgres.transaction((tx) => postTransactions(tx, [draft]))
}

/** What a statement has alone. */
async function openDifference(): Promise<string> {
  const reference = randomUUID()
  const row = `${reference},1,payment,ch_${reference},${reference},${USD},100,2026-11-20T12:00:00Z`
  await api.post('/v1/reconciliation/statements', `${STATEMENT}\n${row}`, 'text/csv')
  const { body } = await api.get('/v1/reconciliation/differences?status=open')
  return body.items[0].id
}

async function suspendedDeposit(): Promise<string> {
  const hash = 'cd'.repeat(32)
  await api.postgres.execute(sql`
    insert into deposits.chains (chain, start_number, checkpoint_number, final_number)
    values (${CHAIN}, 0, 12, 10)`)
  await api.postgres.execute(sql`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, reason, revision, confirmed_at)
    values (${CHAIN}, decode(${hash}, 'hex'), 'value', ${randomUUID()}, ${ETH}, 7,
      decode(${'aa'.repeat(20)}, 'hex'), decode(${'bb'.repeat(20)}, 'hex'), 10,
      decode(${hash}, 'hex'), now(), 'rejected', 'below_minimum', 1, now())`)
  return hash
}
