import type { Address } from '@coffer/evm/address'
import type { BlockHash } from '@coffer/evm/hash'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { type SQL, sql } from 'drizzle-orm'
import type { BalanceProofStore, DueHolding, ProofStep } from '../balance-ports.ts'
import { MOVED_NOTHING } from '../domain/balance-proof.ts'
import { type Lease, LeaseLostError, lockChain } from './scan-lease.ts'

/** The balance proof of one chain in PostgreSQL. */
export function balanceProofStore(
  postgres: Postgres,
  chain: ChainId,
  lease: () => Lease | undefined,
): BalanceProofStore {
  const due = async (query: SQL): Promise<DueHolding[]> =>
    (await postgres.execute<DueRow>(query)).map(dueOf)
  return {
    async proofStand() {
      const [row] = await postgres.execute<StandRow>(standOf(chain))
      const { proven_to, owed_from, lag } = row ?? { proven_to: null, owed_from: null, lag: '0' }
      return {
        provenTo: proven_to === null ? null : BigInt(proven_to),
        owedFrom: owed_from === null ? null : BigInt(owed_from),
        lagBlocks: BigInt(lag ?? 0),
      }
    },

    touchedHoldings: ({ from, through }, { assets, limit }) =>
      due(sql`
        select touched.*, ${provenColumns}, '0x' || encode(before.parent_hash, 'hex') as before_hash
        from (
          select deposit."to" as address, deposit.asset, deposit.owner,
            min(deposit.block_number) as first
          from deposits.deposits as deposit
          left join deposits.proven_balances as proven on proven.chain = deposit.chain
            and proven.address = deposit."to" and proven.asset = deposit.asset
            and exists (select from deposits.blocks as anchor where anchor.chain = proven.chain
              and anchor.hash = proven.block_hash and anchor.orphaned_at is null)
          where deposit.chain = ${chain} and deposit.asset = any(${sql.param([...assets])}::text[])
            and deposit.block_number between ${from.toString()} and ${through.toString()}
            and deposit.block_number > coalesce(proven.block_number, -1) and ${counts}
          group by deposit."to", deposit.asset, deposit.owner
          order by first, address, asset limit ${limit}
        ) as touched
        ${withProven(chain, sql`touched`)}
        left join deposits.blocks as before on before.chain = ${chain}
          and before.number = touched.first and before.orphaned_at is null
        order by first, address, asset`),

    oldestHoldings: (to, { assets, limit }) =>
      due(sql`
        select oldest.*, ${provenColumns}, null as before_hash
        from (
          select address, asset, owner, null::bigint as first
          from deposits.proven_balances
          where chain = ${chain} and asset = any(${sql.param([...assets])}::text[])
            and block_number < ${to.toString()}
          order by block_number, address, asset limit ${limit}
        ) as oldest
        ${withProven(chain, sql`oldest`)}
        order by proven.block_number, address, asset`),

    async detectedIn(holdings, to) {
      if (holdings.length === 0) return []
      const list = (pick: (holding: (typeof holdings)[number]) => string) =>
        sql.param(holdings.map(pick))
      const rows = await postgres.execute<{ sum: string }>(sql`
        select ${detected(chain, sql`holding`, sql`${to.toString()}::bigint`)} as sum
        from unnest(
          ${list(({ holder }) => holder.slice(2))}::text[], ${list(({ asset }) => asset)}::text[],
          ${list(({ owner }) => owner)}::uuid[],
          ${list(({ after }) => after.toString())}::bigint[]
        ) with ordinality as given (hex, asset, owner, from_block, place),
        lateral (select decode(given.hex, 'hex') as address, given.asset, given.owner,
          given.from_block) as holding
        order by given.place`)
      return rows.map(({ sum }) => BigInt(sum))
    },

    recordProof: (step) =>
      postgres.transaction(async (tx) => {
        await lockChain(tx, chain, lease())
        await requireCanonical(tx, chain, step)
        await storeProven(tx, chain, step)
        await storeDifferences(tx, chain, step)
        await moveProof(tx, chain, step)
        return await closeExplained(tx, chain)
      }),
  }
}

type StandRow = { proven_to: string | null; owed_from: string | null; lag: string | null }

const standOf = (chain: ChainId) => sql`
  select
    (select proven_to from deposits.balance_proofs as proof
      where chain = ${chain} and exists (select from deposits.blocks as block
        where block.chain = proof.chain and hash = proven_hash and orphaned_at is null)
    ) as proven_to,
    (select min(from_block) from deposits.gaps
      where chain = ${chain} and closed_at is null and kind in ('blocks', 'traces')) as owed_from,
    (select greatest(0, head_number - checkpoint_number) from deposits.chains
      where chain = ${chain}) as lag`

/** Deposits that changed a balance. */
const counts = sql`deposit.status not in ('orphaned', 'reversed') and deposit."from" <> deposit."to"
  and not (deposit.status = 'rejected' and deposit.reason in (${sql.join(
    MOVED_NOTHING.map((reason) => sql`${reason}`),
    sql`, `,
  )}))`

/** The sum of deposits to `holding` after its `from_block` until `to`. */
const detected = (chain: ChainId, holding: SQL, to: SQL) => sql`(
  select coalesce(sum(deposit.amount), 0) from deposits.deposits as deposit
  where deposit.chain = ${chain} and deposit.owner = ${holding}.owner
    and deposit."to" = ${holding}.address and deposit.asset = ${holding}.asset
    and deposit.block_number > ${holding}.from_block and deposit.block_number <= ${to}
    and ${counts})`

const provenColumns = sql`
  case when anchor.hash is not null then proven.balance end as balance,
  proven.block_number, '0x' || encode(proven.block_hash, 'hex') as block_hash`

/** What was proven of `holdings` last; its block must still be on the chain. */
const withProven = (chain: ChainId, holdings: SQL) => sql`
  left join deposits.proven_balances as proven on proven.chain = ${chain}
    and proven.address = ${holdings}.address and proven.asset = ${holdings}.asset
  left join deposits.blocks as anchor on anchor.chain = ${chain}
    and anchor.hash = proven.block_hash and anchor.orphaned_at is null`

type DueRow = {
  address: Buffer
  asset: AssetId
  owner: string
  first: string | null
  balance: string | null
  block_number: string | null
  block_hash: BlockHash | null
  before_hash: BlockHash | null
}

function dueOf(row: DueRow): DueHolding {
  const { address, asset, owner, first, balance, block_number, block_hash, before_hash } = row
  const isProven = balance !== null && block_number !== null && block_hash !== null
  return {
    asset,
    owner,
    holder: `0x${address.toString('hex')}` as Address,
    proven: isProven
      ? { block: { number: BigInt(block_number), hash: block_hash }, balance: BigInt(balance) }
      : null,
    before:
      first === null || before_hash === null
        ? null
        : { number: BigInt(first) - 1n, hash: before_hash },
  }
}

async function requireCanonical(tx: Transaction, chain: ChainId, { to }: ProofStep) {
  const stored = await tx.execute(sql`
    select number from deposits.blocks where chain = ${chain} and orphaned_at is null
      and hash = decode(${to.hash.slice(2)}, 'hex')`)
  if (stored.length === 0) throw new LeaseLostError(chain)
}

async function storeProven(tx: Transaction, chain: ChainId, { to, proven }: ProofStep) {
  if (proven.length === 0) return
  const list = (pick: (holding: (typeof proven)[number]) => string | null) =>
    sql.param(proven.map(pick))
  await tx.execute(sql`
    insert into deposits.proven_balances (
      chain, address, asset, owner, block_number, block_hash, balance)
    select ${chain}, decode(address, 'hex'), asset, owner, ${to.number.toString()},
      decode(${to.hash.slice(2)}, 'hex'), balance::numeric
    from unnest(
      ${list(({ holder }) => holder.slice(2))}::text[], ${list(({ asset }) => asset)}::text[],
      ${list(({ owner }) => owner)}::uuid[],
      ${list(({ balance }) => balance?.toString() ?? null)}::text[]
    ) as proven (address, asset, owner, balance)
    on conflict (chain, address, asset) do update set owner = excluded.owner,
      block_number = excluded.block_number, block_hash = excluded.block_hash,
      balance = excluded.balance`)
}

async function storeDifferences(tx: Transaction, chain: ChainId, { differences }: ProofStep) {
  for (const { holder, asset, owner, from, to, base, detected, sent, found } of differences) {
    await tx.execute(sql`
      insert into deposits.balance_differences (
        chain, address, asset, owner, from_block, to_block, base, detected, sent, found)
      values (${chain}, decode(${holder.slice(2)}, 'hex'), ${asset}, ${owner}, ${from.toString()},
        ${to.toString()}, ${base.toString()}, ${detected.toString()}, ${sent.toString()},
        ${found?.toString() ?? null})`)
  }
}

/** A proof that had to wait has caught up once the position moves. */
async function moveProof(tx: Transaction, chain: ChainId, { provenTo, skip }: ProofStep) {
  if (skip) {
    await tx.execute(sql`
      insert into deposits.balance_skips (chain, kind, from_block, to_block, holdings)
      values (${chain}, ${skip.kind}, ${skip.from.toString()}, ${skip.to.toString()},
        ${skip.holdings})
      on conflict (chain, kind, from_block) do update set
        to_block = excluded.to_block, holdings = excluded.holdings, closed_at = null`)
  }
  if (provenTo === undefined) return
  await tx.execute(sql`
    insert into deposits.balance_proofs (chain, proven_to, proven_hash)
    select chain, number, hash from deposits.blocks
    where chain = ${chain} and number = ${provenTo.toString()} and orphaned_at is null
    on conflict (chain) do update set
      proven_to = excluded.proven_to, proven_hash = excluded.proven_hash`)
  await tx.execute(sql`
    update deposits.balance_skips set closed_at = now()
    where chain = ${chain} and kind = 'waiting' and closed_at is null`)
}

/** Closes what deposits explain that were found, or taken back, since. */
async function closeExplained(tx: Transaction, chain: ChainId) {
  const explained = await tx.execute(sql`
    update deposits.balance_differences as difference
    set closed_at = now(), closed_by = 'explained'
    where chain = ${chain} and closed_at is null
      and found = base - sent + ${detected(chain, sql`difference`, sql`difference.to_block`)}
    returning id`)
  const [row] = await tx.execute<{ open: number }>(sql`
    select count(*)::int as open from deposits.balance_differences
    where chain = ${chain} and closed_at is null`)
  return { open: row?.open ?? 0, explained: explained.length }
}
