import { parseDepositReference } from '@coffer/events/deposit-reference'
import { type Asset, chainOfAsset } from '@coffer/money/asset'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { anvilClient } from '@coffer/simulator/anvil-client'
import type { ChainDeposit } from '@coffer/simulator/chain-oracle'
import { sql } from 'drizzle-orm'
import type { Violation } from './invariants.ts'

export type DepositInputs = {
  postgres: Postgres
  rpcUrl: string
  owners: ReadonlyMap<string, string>
  assets: readonly Asset[]
  /** What is on the chain. */
  deposits: readonly ChainDeposit[]
}

/** What the ledger says of one deposit, whatever was booked and taken back. */
type Standing = {
  net: number
  /** Those of the latest credit. */
  revision: number
  owner: string | null
  asset: string | null
  amount: bigint
}

/**
 * I2, I3, I4: what is credited is what is on the chain, once, to its owner. I5: custody covers it.
 */
export async function depositViolations(inputs: DepositInputs): Promise<Violation[]> {
  const booked = await readBooked(inputs.postgres)
  const expected = new Map(
    inputs.deposits.map((deposit) => {
      const { asset, txHash, position } = deposit
      return [`${chainOfAsset(asset)}:${txHash}:${position}`, deposit]
    }),
  )
  const found: Violation[] = []
  for (const [id, { net }] of booked) {
    if (net !== 0 && net !== 1) found.push({ invariant: 'I2', problem: `${id} has ${net} credits` })
    if (net > 0 && !expected.has(id)) {
      found.push({ invariant: 'I4', problem: `${id} is credited and is not on the chain` })
    }
  }
  for (const [id, { to, asset, amount }] of expected) {
    const standing = booked.get(id)
    if (standing === undefined || standing.net < 1) {
      found.push({ invariant: 'I3', problem: `${id} is not credited` })
      continue
    }
    const wanted = `${amount} of ${asset} to ${inputs.owners.get(to)}`
    const got = `${standing.amount} of ${standing.asset} to ${standing.owner}`
    if (got !== wanted) {
      found.push({ invariant: 'I3', problem: `${id} is credited as ${got}, not ${wanted}` })
    }
  }
  return [...found, ...(await totalViolations(inputs))]
}

async function readBooked(postgres: Postgres): Promise<Map<string, Standing>> {
  const rows = await postgres.execute<{
    reference: string
    code: string
    owner: string | null
    asset: string | null
    amount: string | null
  }>(sql`
    select transaction.reference, transaction.code, account.owner, account.asset, entry.amount
    from ledger.transactions transaction
    left join (ledger.entries entry join ledger.accounts account
      on account.id = entry.account_id and account.code = 'owner.available')
      on entry.transaction_id = transaction.id
    order by transaction.recorded_at, transaction.id`)
  const booked = new Map<string, Standing>()
  // What is held for nobody is no credit, and to take it back is none either.
  const suspended = new Set<string>()
  for (const { reference, code, owner, asset, amount } of rows) {
    const { depositId, revision, kind } = parseDepositReference(reference)
    const confirmation = `${depositId}#${revision}`
    if (code === 'deposit.suspense') suspended.add(confirmation)
    if (suspended.has(confirmation)) continue
    const before = booked.get(depositId) ?? { net: 0, revision: 0, owner, asset, amount: 0n }
    const latest =
      // Of one batch the ledger doesn't say which it booked first.
      kind === 'confirmation' && revision > before.revision
        ? { revision, owner, asset, amount: -BigInt(amount ?? 0) }
        : {}
    const net = before.net + (kind === 'confirmation' ? 1 : -1)
    booked.set(depositId, { ...before, ...latest, net })
  }
  return booked
}

/** By asset: what is owed is what was paid in, and the watched addresses hold at least as much. */
async function totalViolations(inputs: DepositInputs): Promise<Violation[]> {
  const { postgres, assets, deposits } = inputs
  const rows = await postgres.execute<{ asset: string; owed: string }>(sql`
    select asset, sum(credits_posted - debits_posted) as owed
    from ledger.accounts where code = 'owner.available' group by asset`)
  const owed = new Map(rows.map((row) => [row.asset, BigInt(row.owed)]))
  const found: Violation[] = []
  for (const asset of assets) {
    const inLedger = owed.get(asset.id) ?? 0n
    const paid = deposits
      .filter((deposit) => deposit.asset === asset.id)
      .reduce((total, { amount }) => total + amount, 0n)
    if (inLedger !== paid) {
      const problem = `${asset.symbol}: ${inLedger} is owed, ${paid} was paid`
      found.push({ invariant: inLedger > paid ? 'I2' : 'I3', problem })
    }
    const held = await heldOnChain(inputs, asset)
    if (held < inLedger) {
      const problem = `${asset.symbol}: ${inLedger} is owed, ${held} is held on the chain`
      found.push({ invariant: 'I5', problem })
    }
  }
  return found
}

async function heldOnChain({ rpcUrl, owners }: DepositInputs, asset: Asset): Promise<bigint> {
  const balances = await anvilClient(rpcUrl).batch<string>(
    [...owners.keys()].map((address) => {
      if (asset.contract === null) return { method: 'eth_getBalance', params: [address, 'latest'] }
      // balanceOf(address)
      const data = `0x70a08231${address.slice(2).padStart(64, '0')}`
      return { method: 'eth_call', params: [{ to: asset.contract, data }, 'latest'] }
    }),
  )
  return balances.reduce((total, balance) => total + BigInt(balance), 0n)
}
