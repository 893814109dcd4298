import type { Postgres } from '@coffer/postgres/open-postgres'
import { takeTime } from '@coffer/postgres/take-time'
import { sql } from 'drizzle-orm'
import { hexOf, merkleRoot } from '../domain/merkle-tree.ts'
import { type Seal, sealProblem } from '../domain/seal.ts'
import type { LedgerViolation } from './check-ledger.ts'
import { numericArray } from './numeric-array.ts'
import { readSeals, type StoredSeal } from './postgres-seals.ts'
import { sha256 } from './seal-crypto.ts'
import { sealedLeaf } from './sealed-content.ts'

/**
 * I10: holds every seal against the one before it and against the transactions that it seals, and
 * against the seals of `exported`, which the database can't have changed. Lists what is wrong in
 * the order of seals. One seal is in memory at a time, and nothing is locked.
 */
export async function checkSeals(
  postgres: Postgres,
  exported: readonly Seal[] = [],
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<LedgerViolation[]> {
  const violations: LedgerViolation[] = []
  const report = (subject: string, problem: string) =>
    violations.push({ invariant: 'I10', subject, problem })
  const anchors = new Map(exported.map((seal) => [seal.number, seal]))
  const last = await lastNumber(postgres)
  let before: Seal | undefined
  for await (const seal of readSeals(postgres)) {
    onProgress(Math.min(seal.number, last), last)
    const subject = `seal ${seal.number}`
    const anchor = anchors.get(seal.number)
    anchors.delete(seal.number)
    const problem = sealProblem(sha256, seal, before) ?? treeProblem(seal)
    if (problem !== undefined) report(subject, problem)
    if (anchor && anchor.hash !== seal.hash) {
      report(subject, `its hash is ${seal.hash}; when it was exported it was ${anchor.hash}`)
    }
    for (const wrong of await changedUnder(postgres, seal)) report(wrong.subject, wrong.problem)
    before = seal
  }
  for (const { number } of anchors.values()) report(`seal ${number}`, 'it was exported and is gone')
  for (const wrong of await passedOver(postgres)) report(wrong.subject, wrong.problem)
  return violations
}

/** The same of the newest `count` seals alone, which is cheap however old the ledger is. */
export async function checkNewestSeals(postgres: Postgres, count = 20): Promise<LedgerViolation[]> {
  const first = Math.max(0, (await lastNumber(postgres)) - count)
  const violations: LedgerViolation[] = []
  let before: Seal | undefined
  for await (const seal of readSeals(postgres, first)) {
    const isFirst = before === undefined && seal.number > 1
    const problem = (isFirst ? undefined : sealProblem(sha256, seal, before)) ?? treeProblem(seal)
    const wrong = problem === undefined ? [] : [{ subject: `seal ${seal.number}`, problem }]
    wrong.push(...(await changedUnder(postgres, seal)))
    violations.push(...wrong.map((each) => ({ invariant: 'I10' as const, ...each })))
    before = seal
  }
  return violations
}

async function lastNumber(postgres: Postgres): Promise<number> {
  const [newest] = await postgres.execute<{ number: string | null }>(
    sql`select max(number) as number from ledger.seals`,
  )
  return Number(newest?.number ?? 0)
}

function treeProblem({ count, root, leaves, transactionIds }: StoredSeal): string | undefined {
  if (leaves.length !== count || transactionIds.length !== count) {
    return `it says that it seals ${count}, and lists ${leaves.length}`
  }
  const expected = hexOf(merkleRoot(sha256, leaves))
  return root === expected ? undefined : `its root is ${root}, and its leaves make ${expected}`
}

type Wrong = { subject: string; problem: string }

/** Transactions that are not what they were when they were sealed. */
const changedUnder = (postgres: Postgres, { number, transactionIds, leaves }: StoredSeal) =>
  postgres.execute<Wrong>(sql`
    select format('transaction %s: %s', sealed.id, coalesce(transaction.reference, '?')) as subject,
      format('it %s since seal %s was made of it',
        case when transaction.id is null then 'is gone' else 'was changed' end, ${number}::bigint)
        as problem
    from unnest(${numericArray(transactionIds)}::bigint[]) with ordinality as sealed (id, place)
    left join ledger.transactions transaction on transaction.id = sealed.id
    where transaction.id is null or ${sealedLeaf}
      <> substring(${Buffer.concat(leaves)}::bytea from (sealed.place::int - 1) * 32 + 1 for 32)
    order by sealed.place
    limit 10
  `)

/** Transactions that claim to be older than what was sealed last, and that no seal has. */
const passedOver = (postgres: Postgres) =>
  postgres.transaction(
    async (tx) => {
      await takeTime(tx)
      return await tx.execute<Wrong>(sql`
        select format('transaction %s: %s', transaction.id, transaction.reference) as subject,
          'no seal is made of it, and later ones are sealed' as problem
        from ledger.transactions transaction
        where (recorded_xid, id) <= (
            select through_xid, through_id from ledger.seals order by number desc limit 1
          )
          and id not in (select unnest(transaction_ids) from ledger.seals)
        order by recorded_xid, id
        limit 10
      `)
    },
    { accessMode: 'read only' },
  )
