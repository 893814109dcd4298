import { generateKeyPairSync } from 'node:crypto'
import type { TestDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { type SQL, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { depositCredit } from '../domain/deposit-transactions.ts'
import { hexOf, inclusionPath, leafOf } from '../domain/merkle-tree.ts'
import type { TransactionDraft } from '../domain/transaction.ts'
import { ledgerDatabase } from '../testing/ledger-database.ts'
import { confirmed, ETH } from '../testing/sample-events.ts'
import { problemOfProof, problemOfSeals } from '../verify-seals.ts'
import { checkNewestSeals, checkSeals } from './check-seals.ts'
import { postTransactions } from './post-transactions.ts'
import { findSealed, readSeals, type StoredSeal, sealNext } from './postgres-seals.ts'
import { isSignedBy, sha256, signSeal } from './seal-crypto.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await ledgerDatabase()
})
afterEach(() => database[Symbol.asyncDispose]())

const credit = (number: number) =>
  depositCredit(confirmed({ number, owner: `owner-${number % 3}`, amount: 5n }).data)

const post = (...drafts: TransactionDraft[]) =>
  database.postgres.transaction((tx) => postTransactions(tx, drafts))

const seal = (countMax: number) => sealNext(database.postgres, { countMax })()

/** Seals all there is, once no other transaction of the cluster is older than it. */
const sealAll = async (countMax: number) => {
  const isSealed = async () => {
    await seal(countMax)
    const [row] = await database.postgres.execute<{ count: number }>(sql`
      select (select count(*) from ledger.transactions)::int
        - (select coalesce(sum(count), 0) from ledger.seals)::int as count`)
    return row?.count === 0
  }
  await waitFor(isSealed, { what: 'all to be sealed', intervalMs: 5 })
}

async function allSeals(): Promise<StoredSeal[]> {
  const seals: StoredSeal[] = []
  for await (const each of readSeals(database.postgres)) seals.push(each)
  return seals
}

async function idsOf(...drafts: TransactionDraft[]): Promise<string[]> {
  const rows = await database.postgres.execute<{ id: string; reference: string }>(
    sql`select id, reference from ledger.transactions`,
  )
  return drafts.map(({ reference }) => rows.find((row) => row.reference === reference)?.id ?? '')
}

/** Three seals of two transactions each, of every kind. */
async function sealedLedger(): Promise<void> {
  const first = credit(1)
  const entries = first.entries.map(({ account, amount }) => ({ account, amount: -amount }))
  const next = { ...first, entries, hold: {} }
  await post(first, credit(2))
  await post({ ...next, reference: 'hold' }, { ...next, reference: 'refused' })
  await post(
    { ...first, reference: 'void', entries: [], resolves: { hold: 'hold', as: 'voided' } },
    { ...first, reference: 'back', entries, reverses: first.reference },
  )
  await sealAll(2)
}

/** Changes what no code of ours could change. */
const corrupt = (...statements: SQL[]) =>
  database.postgres.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    for (const statement of statements) await tx.execute(statement)
  })

const keys = () => {
  const pair = generateKeyPairSync('ed25519')
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

test('seals everything once, also what was refused, each seal over the one before it', async () => {
  await sealedLedger()

  const seals = await allSeals()

  expect(seals.map(({ number, count }) => [number, count])).toEqual([
    [1, 2],
    [2, 2],
    [3, 2],
  ])
  expect(new Set(seals.flatMap(({ transactionIds }) => transactionIds)).size).toBe(6)
  expect(seals.slice(1).map(({ previous }) => previous)).toEqual(
    seals.slice(0, 2).map(({ hash }) => hash),
  )
  expect(await seal(2)).toBe('idle')
  expect(await checkSeals(database.postgres)).toEqual([])
})

test('seals nothing that an open transaction may still come before', async () => {
  const opened = Promise.withResolvers<void>()
  const mayCommit = Promise.withResolvers<void>()
  const slow = database.postgres.transaction(async (tx) => {
    await postTransactions(tx, [credit(1)])
    opened.resolve()
    await mayCommit.promise
  })
  await opened.promise
  await post(credit(2))

  expect(await seal(10)).toBe('idle')
  expect(await allSeals()).toEqual([])
  mayCommit.resolve()
  await slow
  await sealAll(10)
  // In one seal or in two: a transaction of another test may have begun between the two.
  const sealed = (await allSeals()).flatMap(({ transactionIds }) => transactionIds)
  expect(sealed).toEqual(await idsOf(credit(1), credit(2)))
})

test('several that seal at the same time make one chain', async () => {
  await post(...Array.from({ length: 40 }, (_, number) => credit(number)))

  for (let round = 0; round < 8; round += 1) await Promise.all([seal(7), seal(5), seal(3)])
  await sealAll(100)

  const ids = (await allSeals()).flatMap(({ transactionIds }) => transactionIds)
  expect([ids.length, new Set(ids).size]).toEqual([40, 40])
  expect(await checkSeals(database.postgres)).toEqual([])
})

const changed = (reference: string, number: number) => ({
  invariant: 'I10',
  subject: expect.stringContaining(`: ${reference}`),
  problem: `it was changed since seal ${number} was made of it`,
})
const FIRST = credit(1).reference

test.each<[string, SQL[], object]>([
  [
    'an amount',
    [
      sql`update ledger.entries set amount = amount * 2, balance_after = balance_after * 2
      where account_version = 1`,
    ],
    changed(FIRST, 1),
  ],
  [
    'a time',
    [sql`update ledger.transactions set event_at = now() where reference = 'void'`],
    changed('void', 3),
  ],
  [
    'a refusal',
    [sql`update ledger.transactions set refusal = '{"reason": "x"}' where refusal is not null`],
    changed('refused', 2),
  ],
  ['what is held', [sql`update ledger.held_entries set amount = amount * 2`], changed('hold', 2)],
  [
    'whose it is',
    [sql`update ledger.accounts set owner = 'thief' where owner = 'owner-1'`],
    changed(FIRST, 1),
  ],
  [
    'that it is gone',
    [
      sql`delete from ledger.entries where transaction_id =
      (select id from ledger.transactions where reference = 'back')`,
      sql`delete from ledger.transactions where reference = 'back'`,
    ],
    {
      subject: expect.stringMatching(/^transaction \d+: \?$/),
      problem: expect.stringContaining('is gone'),
    },
  ],
  [
    'one that was slipped in',
    [
      sql`insert into ledger.transactions (recorded_xid, event_at, reference, code, owner)
      select recorded_xid, now(), 'slipped in', 'test', 'x' from ledger.transactions
      where reference = 'hold'`,
    ],
    { subject: expect.stringContaining('slipped in'), problem: expect.stringContaining('no seal') },
  ],
  [
    'a root',
    [sql`update ledger.seals set root = previous where number = 2`],
    { subject: 'seal 2', problem: expect.stringContaining('its hash is') },
  ],
  [
    'a leaf',
    [sql`update ledger.seals set leaves = set_byte(leaves, 3, 7) where number = 1`],
    { subject: 'seal 1', problem: expect.stringContaining('its leaves make') },
  ],
  [
    'a seal that is gone',
    [sql`delete from ledger.seals where number = 2`],
    { subject: 'seal 3', problem: 'it follows seal 1, so that one is missing' },
  ],
])('names first what was done behind its back: %s', async (_, statements, expected) => {
  await sealedLedger()

  await corrupt(...statements)

  expect((await checkSeals(database.postgres))[0]).toMatchObject(expected)
})

test('a chain that was made anew differs from the seals that were exported', async () => {
  await sealedLedger()
  const exported = await allSeals()
  await corrupt(
    sql`delete from ledger.seals`,
    sql`update ledger.transactions set code = 'changed' where reference = 'void'`,
  )
  await sealAll(2)
  expect(await checkSeals(database.postgres)).toEqual([])

  const found = await checkSeals(database.postgres, exported)

  // Also the time of the sealing is another.
  expect(found[0]).toMatchObject({ invariant: 'I10', subject: 'seal 1' })
  expect(found[0]?.problem).toContain(`when it was exported it was ${exported[0]?.hash}`)
})

test('a file of seals holds by the key that signed it, and as it was alone', async () => {
  await sealedLedger()
  const [mine, other] = [keys(), keys()]
  const seals = await allSeals()
  const last = seals.at(-1) as StoredSeal
  const file = { format: 'coffer-seals-1' as const, seals, ...signSeal(last, mine.privateKey) }

  expect(problemOfSeals(file, mine.publicKey)).toBeUndefined()
  expect(problemOfSeals({ ...file, seals: seals.slice(1) }, mine.publicKey)).toBeUndefined()
  expect(problemOfSeals(file, other.publicKey)).toContain('is not by this key')
  expect(problemOfSeals({ ...file, seals: seals.slice(0, 2) }, mine.publicKey)).toContain('seal 2')
  const edited = seals.with(1, { ...(seals[1] as StoredSeal), count: 9 })
  expect(problemOfSeals({ ...file, seals: edited }, mine.publicKey)).toContain('seal 2: its hash')
  expect(() => signSeal(last, 'no key')).toThrow('it is not a key in PEM')
  expect(isSignedBy(last, file.signature, mine.publicKey)).toBe(true)
})

test('proves of a transaction what was booked, without the database', async () => {
  await sealedLedger()
  const { privateKey, publicKey } = keys()
  const found = await findSealed(database.postgres, 'back')
  if (found === undefined) throw new Error('Expected a seal.')
  const path = inclusionPath(sha256, found.seal.leaves, found.index).map(hexOf)
  const proof = {
    format: 'coffer-proof-1' as const,
    ...found,
    path,
    ...signSeal(found.seal, privateKey),
  }

  // What the database hashes is what whoever verifies it does.
  const leaf = leafOf(sha256, new TextEncoder().encode(found.content))
  expect(hexOf(leaf)).toBe(hexOf(found.seal.leaves[found.index] ?? leaf))
  expect(JSON.parse(found.content)).toEqual(
    expect.arrayContaining(['back', 'deposit.credit', 'owner-1']),
  )
  expect(problemOfProof(proof, publicKey)).toBeUndefined()
  const forged = { ...proof, content: proof.content.replace('owner-1', 'owner-2') }
  expect(problemOfProof(forged, publicKey)).toContain('its content is not under the root of seal 3')
  expect(await findSealed(database.postgres, 'unheard of')).toBeUndefined()
  expect(ETH).toBe(found.content.match(/eip155:[^"]+/)?.[0])
})

test('of the newest seals alone it names what is wrong with them, and nothing with older ones', async () => {
  await sealedLedger()
  expect(await checkNewestSeals(database.postgres, 2)).toEqual([])
  expect(await checkNewestSeals(database.postgres, 99)).toEqual([])

  await corrupt(sql`update ledger.seals set root = hash where number in (1, 3)`)
  const named = (await checkNewestSeals(database.postgres, 2)).map(({ subject }) => subject)
  expect(named).toEqual(['seal 3'])

  await corrupt(sql`update ledger.transactions set owner = 'mallory' where reference = 'back'`)
  expect((await checkNewestSeals(database.postgres, 2)).map(({ subject }) => subject)).toEqual([
    'seal 3',
    expect.stringMatching(/^transaction \d+: back$/),
  ])
})
