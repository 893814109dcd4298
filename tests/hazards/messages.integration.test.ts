import { startStack } from '@coffer/devstack/start-stack'
import { describeError } from '@coffer/errors/app-error'
import { depositReference } from '@coffer/events/deposit-reference'
import { eventMessage, type Message } from '@coffer/events/event'
import { WALLET_EVENTS } from '@coffer/events/topics'
import { balancesOf } from '@coffer/ledger/balances'
import { bookDeposits } from '@coffer/ledger/book-deposits'
import { accountsHandler } from '@coffer/ledger/events'
import { ledgerMigrations } from '@coffer/ledger/migrations'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import { handleDeliveries } from '@coffer/messaging/consume'
import { postgresLetterStates } from '@coffer/messaging/letter-states'
import { listDeadLetters } from '@coffer/messaging/list-dead-letters'
import { memoryBroker } from '@coffer/messaging/memory-broker'
import { messagingMigrations } from '@coffer/messaging/migrations'
import type { Delivery } from '@coffer/messaging/ports'
import { redriveDeadLetters } from '@coffer/messaging/redrive-dead-letters'
import { nativeAssetId } from '@coffer/money/asset'
import { chainIdOf } from '@coffer/money/chain-id'
import { migrate } from '@coffer/postgres/migrate'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { silentLogger } from '@coffer/telemetry/logger'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { ledgerViolations } from '../e2e/invariants.ts'
import { replayViolations, unsentLog } from '../e2e/replay-violations.ts'

const chain = chainIdOf(31_337)
const DLQ = 'wallet.events.dlq'
const OWNERS = 7

const MIGRATIONS = [messagingMigrations, ledgerMigrations]

/** The account service over a broker in memory and a database of its own. */
async function accounts(given?: Postgres) {
  await using resources = new AsyncDisposableStack()
  const postgres = resources.use(given ?? resources.use(await testDatabase(MIGRATIONS)).postgres)
  const broker = memoryBroker({ partitions: 3 })
  const states = postgresLetterStates(postgres)
  const book = bookDeposits({ unitOfWork: postgresUnitOfWork({ postgres }) })
  const handle = accountsHandler({ bookDeposits: book, logger: silentLogger })
  const broken = new Set<string>()
  let attempts = 0
  const policy = handleDeliveries({
    consumer: 'accounts',
    deadLetters: broker.producer(),
    redrives: states,
    logger: silentLogger,
    isTransient: isTransientPostgresError,
    backoff: { firstMs: 1, maxMs: 20 },
    handle: async (deliveries: readonly Delivery[]) => {
      attempts += 1
      const bad = deliveries.find(({ headers }) => broken.has(headers['ce_id'] ?? ''))
      if (bad) throw new Error('a bug of ours')
      await handle(deliveries)
    },
  })
  const box = { log: broker.log, states }
  const opened = resources.move()
  return {
    ...{ postgres, broker, broken },
    attempts: () => attempts,
    publish: (messages: readonly Message[]) => broker.producer().publish(messages),
    redrive: redriveDeadLetters({ ...box, producer: broker.producer() }),
    letters: async () => (await listDeadLetters(box)({ topic: DLQ, limit: 100 })).items,
    /** What the ledger and the replay of its log say is wrong. */
    violations: async () => [
      ...(await ledgerViolations(postgres)),
      ...(await replayViolations(postgres, await unsentLog(postgres))),
    ],
    transactions: async () => {
      const [row] = await postgres.execute<{ count: number }>(
        sql`select count(*)::int as count from ledger.transactions`,
      )
      return row?.count ?? 0
    },
    /** Two members of `group` book until `isDone`. */
    async consume(isDone: () => Promise<boolean>, group = 'accounts') {
      const stop = new AbortController()
      const member = { group, topics: [WALLET_EVENTS], batchSizeMax: 20 }
      const members = [1, 2].map(() => broker.consumer(member).run(policy, stop.signal))
      await waitFor(isDone, { what: 'everything to be booked', timeoutMs: 40_000 })
      stop.abort()
      await Promise.all(members)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const deposit = (number: number) => {
  const txHash = `0x${number.toString(16).padStart(64, '0')}` as const
  return {
    ...{ depositId: `${chain}:${txHash}:value`, revision: 1, owner: `owner-${number % OWNERS}` },
    ...{ chain, asset: nativeAssetId(chain), amount: '10', txHash, position: 'value' },
    ...{ from: `0x${'a'.repeat(40)}` as const, to: `0x${'b'.repeat(40)}` as const },
    ...{ blockNumber: 100 + number, blockHash: `0x${'c'.repeat(64)}` as const },
    blockTime: '2026-11-21T10:59:48Z',
  }
}

const shared = { source: 'coffer/test', time: '2026-11-21T11:00:00Z' }

function confirmed(number: number): Message {
  const data = deposit(number)
  const id = depositReference({ ...data, kind: 'confirmation' })
  return eventMessage({ ...shared, id, type: 'deposit.confirmed', key: data.owner, data })
}

function reversed(number: number): Message {
  const data = { ...deposit(number), reason: 'its block left the chain', suspended: false }
  const id = depositReference({ ...data, kind: 'reversal' })
  return eventMessage({ ...shared, id, type: 'deposit.reversed', key: data.owner, data })
}

const credits = (count: number) => Array.from({ length: count }, (_, n) => confirmed(n + 1))

test('F14: whole batches are booked again though connections end and transactions are aborted', async () => {
  await using it = await accounts()
  await it.postgres.execute(sql`create sequence public.storms`)
  await it.postgres.execute(sql`
    create function public.storm() returns trigger language plpgsql as $$
    declare
      storm bigint := nextval('public.storms');
    begin
      if storm % 5 = 1 then raise exception 'deadlock detected' using errcode = '40P01'; end if;
      if storm % 5 = 2 then raise exception 'could not serialize' using errcode = '40001'; end if;
      if storm % 5 = 3 then raise exception 'too many clients' using errcode = '53300'; end if;
      if storm < 20 and storm % 5 = 4 then perform pg_terminate_backend(pg_backend_pid()); end if;
      return null;
    end $$`)
  await it.postgres.execute(sql`
    create trigger storm after insert on ledger.transactions execute function public.storm()`)

  await it.publish(credits(200))
  await it.consume(async () => (await it.transactions()) === 200)

  const [row] = await it.postgres.execute<{ storms: number }>(
    sql`select last_value::int as storms from public.storms`,
  )
  expect(row?.storms).toBeGreaterThan(10)
  expect(await it.letters()).toEqual([])
  expect(await it.violations()).toEqual([])
})

test('F14: while others have every connection there is nothing is booked, and nothing given up', async () => {
  await using stack = await startStack({ parts: ['postgres'] })
  const { DATABASE_URL: url } = stack.urls
  await using others = openPostgres(url, { connectionsMax: 300, applicationName: 'others' })
  await migrate(others, MIGRATIONS)
  const release = Promise.withResolvers<void>()
  const counts = { held: 0, refused: 0 }
  const holding = Array.from({ length: 300 }, () =>
    others
      .transaction(async (tx) => {
        await tx.execute(sql`select`)
        counts.held += 1
        await release.promise
      })
      .catch(() => {
        counts.refused += 1
      }),
  )
  await waitFor(() => counts.held + counts.refused === 300, { what: 'all connections' })
  await using it = await accounts(openPostgres(url, { applicationName: 'accounts' }))

  await it.publish(credits(10))
  await it.consume(async () => it.attempts() >= 4)
  const problem = await it.postgres.execute(sql`select`).then(String, describeError)
  release.resolve()
  await Promise.all(holding)
  await it.consume(async () => (await it.transactions()) === 10)

  expect([counts.refused > 0, JSON.stringify(problem)]).toEqual([
    true,
    expect.stringContaining('too many clients'),
  ])
  expect(await it.letters()).toEqual([])
  expect(await it.violations()).toEqual([])
})

test.each([
  ['read-only, as after a failover', '25006'],
  ['full', '53100'],
  ['on a disk that fails', '58030'],
  ['damaged', 'XX001'],
  ['closed to our role', '42501'],
])('F15: while the database is %s nothing is booked, and nothing given up', async (_, state) => {
  await using it = await accounts()
  await it.postgres.execute(sql`create sequence public.refusals`)
  await it.postgres.execute(
    sql.raw(`
    create function public.refuse() returns trigger language plpgsql as $$
    begin
      perform nextval('public.refusals');
      raise exception 'not now' using errcode = '${state}';
    end $$;
    create trigger refuse before insert on ledger.transactions execute function public.refuse()`),
  )
  const refusals = async () => {
    const [row] = await it.postgres.execute<{ count: number }>(
      sql`select last_value::int as count from public.refusals`,
    )
    return row?.count ?? 0
  }

  await it.publish(credits(10))
  await it.consume(async () => (await refusals()) >= 5)
  const [before, letters] = [await it.transactions(), await it.letters()]
  await it.postgres.execute(sql`drop trigger refuse on ledger.transactions`)
  await it.consume(async () => (await it.transactions()) === 10)

  expect([before, letters]).toEqual([0, []])
  expect(await it.violations()).toEqual([])
})

test('F18: a full replay, by members that come and go, changes nothing in the ledger', async () => {
  await using it = await accounts()
  const messages = [...credits(100), reversed(7), reversed(20)]
  await it.publish(messages)
  await it.consume(async () => (await it.transactions()) === messages.length)
  // Another member may take a shard of custody that nothing was booked on yet, and open it.
  const fingerprint = () =>
    it.postgres.execute(sql`
      select (select md5(string_agg(entry::text, ',' order by entry::text))
          from ledger.entries entry) as entries,
        (select md5(string_agg(account::text, ',' order by id))
          from ledger.accounts account where version > 0) as accounts`)
  const before = await fingerprint()

  const group = 'from the beginning'
  const backlog = () => it.broker.backlog({ group, topics: [WALLET_EVENTS] })
  await it.consume(async () => backlog() < 60, group)
  await it.consume(async () => backlog() === 0, group)

  expect(await fingerprint()).toEqual(before)
  expect(await it.violations()).toEqual([])
})

test('F23: poison is set aside, and an owner’s credit and reversal are redriven together', async () => {
  await using it = await accounts()
  const garbage = { ...confirmed(50), value: 'garbage' }
  it.broken.add(confirmed(1).headers['ce_id'] ?? '')

  await it.publish([confirmed(1), reversed(1), garbage, confirmed(8)])
  await it.consume(async () => (await it.letters()).length === 3)
  const [letters, booked] = [await it.letters(), await it.transactions()]
  it.broken.clear()
  const { id = '' } = letters.find(({ message }) => message.headers['ce_id']?.includes('1')) ?? {}
  const request = { topic: DLQ, until: new Date(), isDryRun: false, again: false }
  await it.redrive({ ...request, which: { ids: [id] } })
  await it.consume(async () => (await it.transactions()) === 3)

  expect(letters.map(({ code }) => code).toSorted()).toEqual([
    'EVENT_FORMAT',
    'LEDGER_DEPOSIT_NOT_BOOKABLE',
    'UNEXPECTED',
  ])
  expect(booked).toBe(1)
  const ofOwner = (await it.letters()).filter(({ key }) => key === deposit(1).owner)
  expect(ofOwner.map(({ state }) => state)).toEqual(['handled', 'handled', 'returned', 'pending'])
  expect(await balancesOf(it.postgres, deposit(1).owner)).toMatchObject([{ available: 10n }])
  expect(await it.violations()).toEqual([])
})
