import type { Coffer } from '@coffer/cli/start-coffer'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { checkSeals } from '@coffer/ledger/check-seals'
import { trialBalance } from '@coffer/ledger/trial-balance'
import { openPostgres, type Postgres } from '@coffer/postgres/open-postgres'
import { invariantChecks } from '@coffer/reconciliation-app/invariant-checks'
import { type ChainDeposit, readDeposits } from '@coffer/simulator/chain-oracle'
import { blockViolations } from './block-invariants.ts'
import { depositViolations } from './deposit-invariants.ts'
import { eventViolations } from './event-invariants.ts'
import { brokerLog, replayViolations } from './replay-violations.ts'
import { underWay } from './settled.ts'

/** An invariant of the design, or `replay`, that does not hold, and where that was seen. */
export type Violation = { invariant: string; problem: string }

export type InvariantInputs = {
  coffer: Pick<Coffer, 'urls' | 'messaging' | 'chain'>
  /** Owner by watched address, in lower case. */
  owners: ReadonlyMap<string, string>
  /** Whether coin counts that contracts pay out. Default false: then none must have been paid. */
  internal?: boolean
  /** Whether coin is found behind the scan, so that tokens may overtake it. Default false. */
  coinLater?: boolean
  /** What is on the chain, where it was read before. Default: it is read now. */
  deposits?: readonly ChainDeposit[]
}

/**
 * Compares chain, database, topics and ledger, once nothing is under way, and lists everything that
 * must hold and does not. What it knows of the chain it reads by means of its own.
 */
export async function checkInvariants(inputs: InvariantInputs): Promise<Violation[]> {
  const { coffer, owners, internal = false, coinLater = false } = inputs
  const { urls, chain } = coffer
  if (chain === undefined) throw new Error('Expected a chain of its own.')
  const { assets } = chain
  const rpcUrl = urls.RPC_URLS
  await using postgres = openPostgres(urls.DATABASE_URL, { applicationName: 'invariants' })
  const unsettled = (await underWay({ coffer, postgres })).map((problem) => {
    return { invariant: 'I11', problem }
  })
  const addresses = new Set(owners.keys())
  await using log = await brokerLog(coffer.messaging)
  const deposits =
    inputs.deposits ?? (await readDeposits({ rpcUrl, assets, addresses, internal })).deposits
  return [
    ...unsettled,
    ...(await ledgerViolations(postgres)),
    ...(await replayViolations(postgres, log)),
    ...(await depositViolations({ postgres, rpcUrl, owners, assets, deposits })),
    ...(await blockViolations({ postgres, rpcUrl, chain: chain.chain })),
    ...(await eventViolations({ postgres, messaging: coffer.messaging, coinLater })),
  ]
}

/** I1, I6, I10: what the ledger says by itself. */
export async function ledgerViolations(postgres: Postgres): Promise<Violation[]> {
  const violations = [...(await checkLedger(postgres)), ...(await checkSeals(postgres))]
  const found: Violation[] = violations.map(({ invariant, subject, problem }) => {
    return { invariant, problem: `${subject}: ${problem}` }
  })
  for (const { asset, total } of await trialBalance(postgres)) {
    if (total !== 0n) found.push({ invariant: 'I1', problem: `${asset} sums to ${total}` })
  }
  return found
}

/** What the checks find that reconciliation makes all day long. */
export async function watchedViolations(postgres: Postgres): Promise<Violation[]> {
  const found = await Promise.all(invariantChecks(postgres).map(({ look }) => look()))
  return found.flat().map(({ invariant, subject, problem }) => {
    return { invariant, problem: `${subject}: ${problem}` }
  })
}
