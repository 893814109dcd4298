import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCaller, newTenant, type TestCaller } from './testing/tenants.ts'
import { CHAIN, NATIVE_ASSET, type TestApi, testApi } from './testing/test-api.ts'

let api: TestApi
let url: string

beforeAll(async () => {
  api = await testApi()
  url = await api.server.listen({ host: '127.0.0.1', port: 0 })
  await api.postgres.execute(sql`
    insert into deposits.chains (chain, start_number, checkpoint_number) values (${CHAIN}, 0, 10)`)
})

afterAll(() => api[Symbol.asyncDispose]())

type Told = { id: string; seed: number; status: string; confirmations: number }

/** Reads a stream until it is disposed. */
async function listen({ headers }: Pick<TestCaller, 'headers'>, lastId?: string, query = '') {
  const leaving = new AbortController()
  const response = await fetch(`${url}/v1/deposits/stream${query}`, {
    headers: { ...headers, ...(lastId ? { 'last-event-id': lastId } : {}) },
    signal: leaving.signal,
  })
  const told: Told[] = []
  const reading = (async () => {
    let text = ''
    for await (const bytes of response.body ?? []) {
      const parts = (text + Buffer.from(bytes).toString()).split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const [, id = '', data = ''] = /^id: (.+)\nevent: deposit\ndata: (.+)$/.exec(part) ?? []
        if (id === '') continue
        const { txHash, status, confirmations } = JSON.parse(data)
        told.push({ id, seed: Number.parseInt(txHash, 16), status, confirmations })
      }
    }
    return 'ended' as const
  })().catch(() => 'cut off' as const)
  return {
    ...{ response, told, reading },
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await reading
    },
  }
}

const hash = (seed: number) => seed.toString(16).padStart(64, '0')

const seed = (owner: string, seed: number, blockNumber = 10) =>
  api.postgres.execute(sql`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status)
    values (${CHAIN}, decode(${hash(seed)}, 'hex'), 'value', ${owner}, ${NATIVE_ASSET.id}, 1,
      decode(${'aa'.repeat(20)}, 'hex'), decode(${'bb'.repeat(20)}, 'hex'), ${blockNumber},
      decode(${hash(blockNumber)}, 'hex'), now(), 'seen')`)

/** Many in one transaction, from the seed `first` on. */
const seedMany = (owner: string, first: number, count: number) =>
  api.postgres.execute(sql`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status)
    select ${CHAIN}, decode(lpad(to_hex(seed), 64, '0'), 'hex'), 'value', ${owner},
      ${NATIVE_ASSET.id}, 1, decode(${'aa'.repeat(20)}, 'hex'), decode(${'bb'.repeat(20)}, 'hex'),
      10, decode(${hash(10)}, 'hex'), now(), 'credited'
    from generate_series(${first}::int, ${first + count - 1}::int) as seed`)

const become = (seed: number, status: string) =>
  api.postgres.execute(sql`
    update deposits.deposits set status = ${status}, changed_in = pg_current_xact_id()
    where tx_hash = decode(${hash(seed)}, 'hex')`)

const scanTo = (block: number) =>
  api.postgres.execute(sql`update deposits.chains set checkpoint_number = ${block}`)

/** That a deposit is as before may be told twice. */
const once = <Value>(told: readonly Value[]) => [...new Set(told)]

const stories = (told: readonly Told[], seed: number) =>
  once(told.filter((each) => each.seed === seed).map(storyOf))

const storyOf = ({ status, confirmations }: Told) => `${status} ${confirmations}`

async function newUser(): Promise<{ caller: TestCaller; user: string; tenant: string }> {
  const tenant = await newTenant(api)
  const caller = await newCaller(api, { role: 'developer', tenant })
  const { body } = await caller.call('POST', '/v1/users', {})
  return { caller, user: body.id, tenant }
}

const until = (check: () => unknown, expected: unknown) =>
  expect.poll(check, { timeout: 10_000 }).toEqual(expected)

test('tells a deposit from first sight to credit, with its confirmations filling up', async () => {
  await scanTo(10)
  const { caller, user } = await newUser()
  await using stream = await listen(caller)
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream')

  await seed(user, 1)
  await until(() => stories(stream.told, 1), ['seen 1'])
  await scanTo(11)
  await until(() => stories(stream.told, 1), ['seen 1', 'seen 2'])
  await become(1, 'credited')

  await until(() => stories(stream.told, 1), ['seen 1', 'seen 2', 'credited 2'])
})

test('goes on where a reader was cut off, without loss and with no id twice', async () => {
  const { caller, user } = await newUser()
  const first = await listen(caller)
  await seed(user, 11)
  await until(() => stories(first.told, 11).length, 1)
  await first[Symbol.asyncDispose]()

  await seed(user, 12)
  await become(11, 'credited')
  await seed(user, 13)
  await become(13, 'orphaned')
  await using second = await listen(caller, first.told.at(-1)?.id)

  await until(
    () => once(second.told.map(({ seed, status }) => `${seed} ${status}`)),
    ['12 seen', '11 credited', '13 orphaned'],
  )
  const ids = [...first.told, ...second.told].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('is late rather than wrong about a transaction that commits behind others', async () => {
  const { caller, user } = await newUser()
  await using stream = await listen(caller)
  let commit = () => {}
  const held = new Promise<void>((resolve) => (commit = resolve))
  const slow = api.postgres.transaction(async (tx) => {
    await tx.execute(sql`select pg_current_xact_id()`)
    await seed(user, 21)
    await tx.execute(sql`
      insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
        block_number, block_hash, block_time, status)
      select chain, decode(${hash(22)}, 'hex'), position, owner, asset, amount, "from", "to",
        block_number, block_hash, block_time, status
      from deposits.deposits where tx_hash = decode(${hash(21)}, 'hex')`)
    await held
  })
  await scanTo(12)
  commit()
  await slow

  await until(() => new Set(stream.told.map((told) => told.seed)), new Set([21, 22]))
})

test('tells all that was missed, however much, and all that comes at once', async () => {
  const { caller, user } = await newUser()
  await seedMany(user, 10_000, 2_500)
  await seedMany(user, 20_000, 600)

  const first = await listen(caller, '1-0-0')
  const seeds = () => new Set(first.told.map(({ seed }) => seed)).size
  await until(seeds, 3_100)
  await seedMany(user, 30_000, 2_000)
  await until(seeds, 5_100)
  expect(await Promise.race([first.reading, Promise.resolve('open')])).toBe('open')
  await first[Symbol.asyncDispose]()

  // Who is cut off goes on near there and not at the beginning, and is told all that is left.
  const place = first.told.findLast(({ seed }) => seed < 13_000)?.id
  await using second = await listen(caller, place)
  await until(() => new Set(second.told.map(({ seed }) => seed)).size, 2_600)
  const amidst = first.told.find(({ seed }) => seed === 11_000)?.id
  await using third = await listen(caller, amidst)
  await until(() => new Set(third.told.map(({ seed }) => seed)).size, 5_100)
})

test('tells nobody of another tenant’s, and of one owner on request', async () => {
  const [mine, theirs] = [await newUser(), await newUser()]
  const { body: other } = await mine.caller.call('POST', '/v1/users', {})
  await using all = await listen(mine.caller)
  await using one = await listen(mine.caller, undefined, `?owner=${other.id}`)
  await using foreign = await listen(mine.caller, undefined, `?owner=${theirs.user}`)

  await seed(theirs.user, 31)
  await seed(mine.user, 32)
  await seed(other.id, 33)

  await until(() => once(all.told.map(({ seed }) => seed)), [32, 33])
  await until(() => once(one.told.map(({ seed }) => seed)), [33])
  expect(foreign.told).toEqual([])
})

test('ends with its key, refuses too many, and ends with the server', async () => {
  const { caller } = await newUser()
  await using stream = await listen(caller)
  await api.post(`/v1/keys/${caller.keyId}/revoke`)
  expect(await stream.reading).toBe('ended')

  const { caller: greedy } = await newUser()
  const streams = await Promise.all(Array.from({ length: 20 }, () => listen(greedy)))
  await using refused = await listen(greedy)
  expect(refused.response.status).toBe(429)
  for (const each of streams) await each[Symbol.asyncDispose]()
  await expect
    .poll(
      async () => {
        await using again = await listen(greedy)
        return again.response.status
      },
      { timeout: 15_000 },
    )
    .toBe(200)
  const wrong = await listen(greedy, 'x')
  expect(wrong.response.status).toBe(400)

  await using last = await listen(greedy)
  await api.server.close()
  expect(await last.reading).toBe('ended')
})
