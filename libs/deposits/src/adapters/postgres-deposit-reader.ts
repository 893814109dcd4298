import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Database } from '@coffer/postgres/open-postgres'
import { ownedBy } from '@coffer/wallets/owned-by'
import { addresses } from '@coffer/wallets/schema'
import { and, desc, eq, getTableColumns, inArray, lt, type SQL } from 'drizzle-orm'
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
  // Both are known by their chain alone, and each of a handful is looked at.
  const scanned = () => postgres.select({ chain: chains.chain }).from(chains)
  const inTransaction = (txHash: `0x${string}`) =>
    and(inArray(deposits.chain, scanned()), eq(deposits.txHash, txHash))
  const paidTo = (to: `0x${string}`) => {
    const isIt = and(inArray(addresses.chain, scanned()), eq(addresses.address, to))
    const owners = postgres.select({ owner: addresses.owner }).from(addresses).where(isIt)
    return and(inArray(deposits.owner, owners), eq(deposits.to, to))
  }
  return {
    async list({ tenant, txHash, to, ...filter }, { before, limit }) {
      const { owner, status, reason, chain, asset } = filter
      const condition = and(
        ownedBy(tenant, deposits.owner),
        owner === undefined ? undefined : eq(deposits.owner, owner),
        status === undefined ? undefined : eq(deposits.status, status),
        reason === undefined ? undefined : eq(deposits.reason, reason),
        chain === undefined ? undefined : eq(deposits.chain, chain),
        asset === undefined ? undefined : eq(deposits.asset, asset),
        txHash === undefined ? undefined : inTransaction(txHash),
        to === undefined ? undefined : paidTo(to),
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
