import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Database } from '@coffer/postgres/open-postgres'
import { ownedBy } from '@coffer/wallets/owned-by'
import { and, desc, eq, getTableColumns, lt, type SQL } from 'drizzle-orm'
import type { DepositReader, DepositView } from '../read-ports.ts'
import { chains, deposits } from '../schema.ts'

/** {@link DepositReader} in PostgreSQL. */
export function postgresDepositReader(postgres: Database): DepositReader {
  const where = (condition: SQL | undefined) =>
    postgres
      .select({ ...getTableColumns(deposits), checkpoint: chains.checkpointNumber })
      .from(deposits)
      .leftJoin(chains, eq(chains.chain, deposits.chain))
      .where(condition)
  return {
    async list({ tenant, owner, status, reason, chain, asset }, { before, limit }) {
      const condition = and(
        ownedBy(tenant, deposits.owner),
        owner === undefined ? undefined : eq(deposits.owner, owner),
        status === undefined ? undefined : eq(deposits.status, status),
        reason === undefined ? undefined : eq(deposits.reason, reason),
        chain === undefined ? undefined : eq(deposits.chain, chain),
        asset === undefined ? undefined : eq(deposits.asset, asset),
        before === undefined ? undefined : lt(deposits.sequence, before),
      )
      const rows = await where(condition).orderBy(desc(deposits.sequence)).limit(limit)
      return rows.map(viewOf)
    },
    async find({ chain, txHash, position }) {
      const identity = and(
        eq(deposits.chain, chain),
        eq(deposits.txHash, txHash),
        eq(deposits.position, position),
      )
      const [row] = await where(identity)
      return row && viewOf(row)
    },
  }
}

type Row = Omit<DepositView, 'chain' | 'asset'> & { chain: string; asset: string }

/** What the scanner stored was checked before it was written. */
const viewOf = ({ chain, asset, ...row }: Row): DepositView => ({
  ...row,
  chain: chain as ChainId,
  asset: asset as AssetId,
})
