import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import type { StepResult } from '@coffer/runtime/poll'
import { sql } from 'drizzle-orm'
import { hexOf, merkleRoot } from '../domain/merkle-tree.ts'
import { NO_SEAL, type Seal, sealHash } from '../domain/seal.ts'
import { numericArray } from './numeric-array.ts'
import { sha256 } from './seal-crypto.ts'
import { sealedContent, sealedLeaf } from './sealed-content.ts'

/** Name of the lock under which one process at a time seals: `seal`. */
const LOCK = 0x73_65_61_6c

/** Most transactions under one seal. */
const COUNT_MAX = 4_096

type LastSeal = { number: string; hash: Buffer; xid: string; id: string }

type Sealable = { id: string; xid: string; leaf: Buffer }

/**
 * Seals the next transactions in the order of their commits, as the relay publishes them: nothing
 * can still appear before what is sealed. It locks nothing that posting needs. Idle when another
 * process is at it, or when it has sealed all there was.
 */
export const sealNext =
  (postgres: Postgres, { countMax = COUNT_MAX } = {}) =>
  async (): Promise<StepResult> =>
    await postgres.transaction(async (tx) => {
      const [lock] = await tx.execute<{ taken: boolean }>(
        sql`select pg_try_advisory_xact_lock(${LOCK}) as taken`,
      )
      if (!lock?.taken) return 'idle'
      const [last] = await tx.execute<LastSeal>(sql`
        select number, hash, through_xid::text as xid, through_id as id
        from ledger.seals order by number desc limit 1
      `)
      const rows = await readSealable(tx, last, countMax)
      if (rows.length > 0) await insertSeal(tx, rows, last)
      return rows.length < countMax ? 'idle' : 'busy'
    })

const readSealable = (tx: Transaction, last: LastSeal | undefined, countMax: number) =>
  tx.execute<Sealable>(sql`
    select transaction.id, transaction.recorded_xid::text as xid, ${sealedLeaf} as leaf
    from ledger.transactions transaction
    where (recorded_xid, id) > (${last?.xid ?? '0'}::xid8, ${last?.id ?? '0'}::bigint)
      and recorded_xid < pg_snapshot_xmin(pg_current_snapshot())
    order by recorded_xid, id
    limit ${countMax}
  `)

async function insertSeal(
  tx: Transaction,
  rows: readonly Sealable[],
  last: LastSeal | undefined,
): Promise<void> {
  const header = {
    number: Number(last?.number ?? 0) + 1,
    count: rows.length,
    previous: last?.hash.toString('hex') ?? NO_SEAL,
    root: hexOf(
      merkleRoot(
        sha256,
        rows.map(({ leaf }) => leaf),
      ),
    ),
    sealedAtMs: await clockMs(tx),
  }
  const { xid, id } = rows.at(-1) as Sealable
  const bytes = (hex: string) => sql`decode(${hex}, 'hex')`
  await tx.execute(sql`
    insert into ledger.seals
      (number, count, previous, root, sealed_at, hash, through_xid, through_id, transaction_ids,
        leaves)
    values (${header.number}, ${header.count}, ${bytes(header.previous)}, ${bytes(header.root)},
      ${new Date(header.sealedAtMs).toISOString()}, ${bytes(sealHash(sha256, header))},
      ${xid}::xid8, ${id}::bigint, ${numericArray(rows.map((row) => row.id))}::bigint[],
      ${Buffer.concat(rows.map(({ leaf }) => leaf))})
  `)
}

async function clockMs(tx: Transaction): Promise<number> {
  const [clock] = await tx.execute<{ ms: number }>(
    sql`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  )
  return clock?.ms ?? 0
}

type SealRow = {
  number: string
  count: number
  previous: Buffer
  root: Buffer
  hash: Buffer
  sealedAtMs: number
}

/** A seal with what its tree is made of. */
export type StoredSeal = Seal & { transactionIds: string[]; leaves: Uint8Array[] }

/** The seals after number `after`, in order, one in memory at a time. */
export async function* readSeals(postgres: Postgres, after = 0): AsyncGenerator<StoredSeal> {
  for (let number = after; ; ) {
    const [row] = await postgres.execute<SealRow & { ids: string[]; leaves: Buffer }>(sql`
      select number, count, previous, root, hash,
        extract(epoch from sealed_at)::float8 * 1000 as "sealedAtMs",
        transaction_ids::text[] as ids, leaves
      from ledger.seals where number > ${number} order by number limit 1
    `)
    if (row === undefined) return
    const { ids, leaves } = row
    const count = Math.floor(leaves.length / 32)
    yield {
      ...sealOf(row),
      transactionIds: ids,
      leaves: Array.from({ length: count }, (_, at) => leaves.subarray(at * 32, at * 32 + 32)),
    }
    number = Number(row.number)
  }
}

const sealOf = ({ number, count, previous, root, hash, sealedAtMs }: SealRow): Seal => ({
  number: Number(number),
  count,
  previous: previous.toString('hex'),
  root: root.toString('hex'),
  hash: hash.toString('hex'),
  sealedAtMs: Math.round(sealedAtMs),
})

/** A transaction under its seal. */
export type SealedTransaction = { content: string; index: number; seal: StoredSeal }

/** What was sealed under a reference; nothing if that was not booked, or is not sealed so far. */
export async function findSealed(
  postgres: Postgres,
  reference: string,
): Promise<SealedTransaction | undefined> {
  const [row] = await postgres.execute<{ id: string; content: string; number: string | null }>(sql`
    select transaction.id, ${sealedContent} as content, (
      select min(number) from ledger.seals
      where (through_xid, through_id) >= (transaction.recorded_xid, transaction.id)
    ) as number
    from ledger.transactions transaction where transaction.reference = ${reference}
  `)
  if (row === undefined || row.number === null) return undefined
  const { value: seal } = await readSeals(postgres, Number(row.number) - 1).next()
  const index = seal?.transactionIds.indexOf(row.id) ?? -1
  return seal && index >= 0 ? { content: row.content, index, seal } : undefined
}
