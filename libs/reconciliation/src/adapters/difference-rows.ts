import { AppError } from '@coffer/errors/app-error'
import type { PostingOutcome } from '@coffer/ledger/ports'
import { postTransactions } from '@coffer/ledger/post-transactions'
import type { Transaction } from '@coffer/postgres/open-postgres'
import { and, eq, inArray } from 'drizzle-orm'
import type { Difference } from '../domain/difference.ts'
import type { Amount } from '../domain/finding.ts'
import type { DifferenceRoom } from '../ports.ts'
import { differences } from '../schema.ts'
import { inChunks } from './in-chunks.ts'

export type DifferenceRow = typeof differences.$inferSelect

/** {@link DifferenceRoom} in a transaction of PostgreSQL. */
export const differenceRoom = (tx: Transaction): DifferenceRoom => ({
  async add(added) {
    for (const chunk of inChunks(added)) await tx.insert(differences).values(chunk.map(rowOf))
  },
  async close(ids, { status, at, by }) {
    if (ids.length === 0) return
    await tx
      .update(differences)
      .set({ status, closedAt: at, closedBy: by ?? null })
      .where(and(inArray(differences.id, [...ids]), eq(differences.status, 'open')))
  },
  async post(drafts) {
    const outcomes = await postTransactions(tx, drafts)
    for (const [place, outcome] of outcomes.entries()) {
      if (outcome.status === 'created' || outcome.status === 'exists') continue
      throw new ReconciliationNotBookedError(drafts[place]?.reference ?? '', outcome)
    }
  },
})

const rowOf = (difference: Difference): typeof differences.$inferInsert => ({
  ...difference,
  itemKind: difference.group?.kind,
  reference: difference.group?.reference,
  oursAsset: difference.ours?.asset,
  ours: difference.ours?.amount,
  theirsAsset: difference.theirs?.asset,
  theirs: difference.theirs?.amount,
})

/** A difference as it is stored. */
export function differenceOf(row: DifferenceRow): Difference {
  const { itemKind: kind, reference, oursAsset, ours, theirsAsset, theirs, ...others } = row
  const { number: _, closedAt: __, closedBy: ___, ...rest } = others
  const { place: channel } = rest
  return {
    ...rest,
    group: kind === null || reference === null ? undefined : { channel, kind, reference },
    ours: amountOf(oursAsset, ours),
    theirs: amountOf(theirsAsset, theirs),
    block: rest.block ?? undefined,
    detail: rest.detail ?? undefined,
  }
}

const amountOf = (asset: Amount['asset'] | null, amount: bigint | null): Amount | undefined =>
  asset === null || amount === null ? undefined : { asset, amount }

/** The ledger does not take what settles a difference. An operator must find out why. */
export class ReconciliationNotBookedError extends AppError {
  readonly code = 'RECONCILIATION_NOT_BOOKED'

  constructor(reference: string, outcome: PostingOutcome) {
    const said = outcome.status === 'refused' ? outcome.refusal.reason : outcome.status
    super(
      `The ledger does not book ${JSON.stringify(reference)}: ${said}. Nothing was changed; ` +
        'propose entries that the accounts allow.',
      { retry: 'never', details: { reference, said } },
    )
  }
}
