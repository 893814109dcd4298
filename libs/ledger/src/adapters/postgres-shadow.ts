import { AppError } from '@coffer/errors/app-error'
import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import type { Extent } from '@coffer/messaging/ports'
import { deliveryOf } from '@coffer/messaging/raw-message'
import { copyField, copyRows } from '@coffer/postgres/copy-rows'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { crashPoint } from '@coffer/runtime/crash-point'
import { sql } from 'drizzle-orm'
import { readLoggedTransaction } from '../logged-transaction.ts'
import type { LedgerShadow, LogPage, ShadowRun } from '../ports.ts'
import { type AccountNumbers, accountNumbers } from './account-numbers.ts'
import { compareWithShadow } from './compare-with-shadow.ts'
import { plainLines } from './plain-lines.ts'
import { putShadowInPlace } from './put-shadow-in-place.ts'
import { settleShadow } from './settle-shadow.ts'
import { addLines, type ShadowLines, shadowLines, takeShadowLines } from './shadow-lines.ts'
import { createShadow, dropShadow, SHADOW } from './shadow-tables.ts'

/** A shadow of the ledger in a schema of its own, in the same database. */
export function postgresShadow(postgres: Postgres): LedgerShadow {
  const lines = shadowLines()
  let accounts = accountNumbers()
  let notePlain = plainLines({ lines, accounts })
  let adding: Promise<void> = Promise.resolve()
  return {
    begin: (extents) =>
      inOneTransaction(postgres, async (tx) => {
        const resumed = await resume(tx)
        if (resumed === undefined) await createShadow(tx)
        const run = resumed ?? (await begin(tx, extents))
        accounts = await readAccounts(tx)
        notePlain = plainLines({ lines, accounts })
        return run
      }),
    note(place, message) {
      if (notePlain(message, place)) return
      const transaction = readLoggedTransaction(deliveryOf(message, ACCOUNTING_EVENTS))
      addLines(lines, place, transaction, accounts)
    },
    add(page) {
      const noted = { ...takeShadowLines(lines), accounts: Buffer.from(accounts.takeNewLines()) }
      const added = adding.then(() => addPage(postgres, page, noted))
      adding = added
      return added
    },
    settle: () => inOneTransaction(postgres, settleShadow),
    putInPlace: () => putShadowInPlace(postgres),
    compare: () => compareWithShadow(postgres),
    end: ({ drop }) =>
      inOneTransaction(postgres, async (tx) => {
        if (drop) await dropShadow(tx)
        else await tx.execute(sql.raw(`update ${SHADOW}.run set ended_at = clock_timestamp()`))
      }),
  }
}

/** What reads or writes all there is takes as long as it takes. */
const inOneTransaction = <Result>(
  postgres: Postgres,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> =>
  postgres.transaction(async (tx) => {
    await takeTime(tx)
    return await work(tx)
  })

type PartitionRow = { partition: number; begins: string; next: string; ends: string }

/** What is under way; nothing if there is none, or the database lost it in a crash. */
async function resume(tx: Transaction): Promise<ShadowRun | undefined> {
  const [found] = await tx.execute<{ exists: boolean }>(
    sql`select to_regclass(${`${SHADOW}.run`}) is not null as exists`,
  )
  if (!found?.exists) return undefined
  const [run] = await tx.execute(sql.raw(`select from ${SHADOW}.run where ended_at is null`))
  if (run === undefined) return undefined
  const rows = await tx.execute<PartitionRow>(
    sql.raw(`select * from ${SHADOW}.partitions order by partition`),
  )
  const partitions = rows.map(({ partition, begins, next, ends }) => {
    return { partition, first: BigInt(begins), next: BigInt(next), end: BigInt(ends) }
  })
  return { isResumed: true, partitions }
}

async function begin(
  tx: Transaction,
  readExtents: () => Promise<readonly Extent[]>,
): Promise<ShadowRun> {
  // Before the log is asked how far it reaches: what was published by now is in there by then.
  await tx.execute(sql`
    insert into ${sql.raw(SHADOW)}.run (topic, published_xid, published_id, restored_id)
    select ${ACCOUNTING_EVENTS}, coalesce(max(transaction_id), '0'), coalesce(max(outbox_id), 0),
      coalesce(max(restored_id), 0)
    from messaging.relays where topic = ${ACCOUNTING_EVENTS}
  `)
  await tx.execute(sql`
    insert into ${sql.raw(SHADOW)}.accounts
    select id, owner, code, asset, shard from ledger.accounts
  `)
  const partitions = (await readExtents()).map((extent) => ({ ...extent, next: extent.first }))
  const lines = partitions.map(({ partition, first, next, end }) =>
    [partition, first, next, end].join('\t'),
  )
  await copyRows(tx, {
    into: `${SHADOW}.partitions`,
    lines: lines.map((line) => `${line}\n`).join(''),
  })
  return { isResumed: false, partitions }
}

type AccountRow = { id: string; owner: string; account: string; asset: string; shard: number }

const ACCOUNTS_AT_ONCE = 100_000

/** The numbers of all accounts that are known so far. */
async function readAccounts(tx: Transaction): Promise<AccountNumbers> {
  const accounts = accountNumbers()
  await tx.execute(
    sql.raw(`
    declare known no scroll cursor for
      select id, owner, code as account, asset, shard from ${SHADOW}.accounts`),
  )
  for (;;) {
    const rows = await tx.execute<AccountRow>(sql.raw(`fetch ${ACCOUNTS_AT_ONCE} from known`))
    for (const { id, ...account } of rows) accounts.know(account, id)
    if (rows.length < ACCOUNTS_AT_ONCE) break
  }
  await tx.execute(sql.raw('close known'))
  return accounts
}

async function addPage(
  postgres: Postgres,
  { problems, positions }: LogPage,
  lines: { [Table in keyof ShadowLines | 'accounts']: Buffer },
): Promise<void> {
  const problemLines = problems.map(({ place, subject, problem }) =>
    [place, copyField(storable(subject)), copyField(storable(problem))].join('\t'),
  )
  await inOneTransaction(postgres, async (tx) => {
    for (const { partition, from, next } of positions) await moveOn(tx, partition, from, next)
    const copy = async (into: string, rows: Buffer) => {
      if (rows.length > 0) await copyRows(tx, { into: `${SHADOW}.${into}`, lines: rows })
    }
    await copy('accounts', lines.accounts)
    await copy(TRANSACTIONS, lines.transactions)
    await copy(ENTRIES, lines.entries)
    await copy('held_entries', lines.held)
    await copy('problems', Buffer.from(problemLines.map((line) => `${line}\n`).join('')))
    crashPoint('rebuild.before-commit')
  })
  crashPoint('rebuild.after-commit')
}

const TRANSACTIONS = `transactions (message, id, reference, code, event_at, recorded_at, owner,
  traceparent, reverses, phase, expires_at, resolves, closes)`
const ENTRIES =
  'entries (message, account_id, account_version, transaction_id, amount, balance_after)'

/** What is told of a message may quote what the message must not hold. */
const storable = (text: string): string => text.replaceAll('\0', '�').slice(0, 2_000)

/** Moves a position on from where this rebuild knows it to be. Another's would count twice. */
async function moveOn(tx: Transaction, partition: number, from: number, next: number) {
  const moved = await tx.execute(sql`
    update ${sql.raw(SHADOW)}.partitions set next = ${`${next}`}::bigint
    where partition = ${partition} and next = ${`${from}`}::bigint
    returning 1
  `)
  if (moved.length === 0) throw new RebuildTakenError(partition)
}

/** Somebody else goes on with the same rebuild. */
export class RebuildTakenError extends AppError {
  readonly code = 'LEDGER_REBUILD_TAKEN'

  constructor(partition: number) {
    super(
      `Partition ${partition} was read on by another rebuild meanwhile. Expected one at a time: ` +
        'let the other one end, and start this one again if it is still wanted.',
      { retry: 'never', details: { partition } },
    )
  }
}
