import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq } from 'drizzle-orm'
import type { DepositView } from '../read-ports.ts'
import { blocks, deposits } from '../schema.ts'

/** When what happened to a deposit, as far as the scanner has written it down. */
export type DepositTimes = Pick<
  DepositView,
  'status' | 'blockNumber' | 'blockHash' | 'seenAt' | 'confirmedAt' | 'creditedAt'
> & {
  /** How often it was confirmed. */
  revision: number
  /** When its block says it was made. */
  blockTime: Date
  /** When its block was stored last; `null` of one below the start. */
  scannedAt: Date | null
  /** When a reorg took its block away. */
  orphanedAt: Date | null
}

/** The times of one deposit; `undefined` if there is none. */
export async function depositTimes(
  postgres: Postgres,
  { chain, txHash, position }: Pick<DepositView, 'chain' | 'txHash' | 'position'>,
): Promise<DepositTimes | undefined> {
  const { status, blockNumber, blockHash, blockTime, seenAt, confirmedAt, creditedAt, revision } =
    deposits
  const { scannedAt, orphanedAt } = blocks
  const [found] = await postgres
    .select({
      ...{ status, blockNumber, blockHash, blockTime, seenAt, confirmedAt, creditedAt, revision },
      ...{ scannedAt, orphanedAt },
    })
    .from(deposits)
    .leftJoin(blocks, and(eq(blocks.chain, deposits.chain), eq(blocks.hash, deposits.blockHash)))
    .where(
      and(eq(deposits.chain, chain), eq(deposits.txHash, txHash), eq(deposits.position, position)),
    )
  return found
}
