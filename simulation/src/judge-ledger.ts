import { parseDepositReference } from '@coffer/events/deposit-reference'
import type { BookedTransaction } from '@coffer/ledger/ports'
import type { Meant } from './payments.ts'

type AccountState = {
  debitsPosted: bigint
  creditsPosted: bigint
  debitsPending: bigint
  creditsPending: bigint
  version: number
}

export type LedgerContents = {
  transactions: ReadonlyMap<string, BookedTransaction>
  accounts: ReadonlyMap<string, AccountState>
}

/** What ought to be credited, or held in suspense: for sure, and perhaps. */
export type Expected = { must: readonly Meant[]; may: readonly Meant[] }

/** What of I1 to I4 and I6 the ledger breaks, by the plainest reading of both. */
export function judgeLedger(contents: LedgerContents, { must, may }: Expected): string[] {
  const standing = standingBookings(contents)
  const allowed = new Map([...must, ...may].map((each) => [each.id, each]))
  const problems = [...booksProblems(contents)]
  for (const [id, booked] of standing) {
    const meant = allowed.get(id)
    if (booked.length > 1) problems.push(`I2: ${id} is booked ${booked.length} times`)
    if (meant === undefined) problems.push(`I4: ${id} is booked and not on the chain`)
    else if (booked.some((each) => each !== bookingOf(meant))) {
      problems.push(`I4: ${id} is booked as ${booked}, and ought to be ${bookingOf(meant)}`)
    }
  }
  for (const { id } of must) {
    if (!standing.has(id)) problems.push(`I3: ${id} is final on the chain and not booked`)
  }
  if (allowed.size !== must.length + may.length) problems.push('The oracle names a deposit twice.')
  return problems
}

/** Who holds what of it in the books: its owner, or nobody so far. */
const bookingOf = ({ owner, asset, amount, fate }: Meant) =>
  fate === 'suspend' ? `suspense ${asset} ${amount}` : `${owner} ${asset} ${amount}`

/** Bookings that were not taken back, by the deposit. */
function standingBookings({ transactions }: LedgerContents): Map<string, string[]> {
  const standing = new Map<string, string[]>()
  for (const [reference, { entries }] of transactions) {
    const { depositId, kind } = parseDepositReference(reference)
    if (kind === 'reversal' || transactions.has(`${reference}/reversal`)) continue
    const booked = entries.flatMap(({ account: { code, owner, asset }, amount }) => {
      if (code === 'suspense') return [`suspense ${asset} ${-amount}`]
      return code === 'owner.available' ? [`${owner} ${asset} ${-amount}`] : []
    })
    standing.set(depositId, [...(standing.get(depositId) ?? []), ...booked])
  }
  return standing
}

/** I1: all entries of an asset sum to zero, and the counters are what the entries add up to. */
function booksProblems({ transactions, accounts }: LedgerContents): string[] {
  const byAsset = new Map<string, bigint>()
  const byAccount = new Map<string, bigint>()
  const add = (sums: Map<string, bigint>, key: string, amount: bigint) =>
    sums.set(key, (sums.get(key) ?? 0n) + amount)
  for (const { entries } of transactions.values()) {
    for (const { account, amount } of entries) {
      add(byAsset, account.asset, amount)
      add(byAccount, `${account.code} ${account.asset} ${account.owner}`, amount)
    }
  }
  const problems: string[] = []
  for (const [asset, sum] of byAsset) {
    if (sum !== 0n) problems.push(`I1: the entries of ${asset} sum to ${sum}`)
  }
  for (const [key, { debitsPosted, creditsPosted, debitsPending }] of accounts) {
    const balance = debitsPosted - creditsPosted
    if (balance !== (byAccount.get(key) ?? 0n)) {
      problems.push(`I1: account ${key} says ${balance}, its entries ${byAccount.get(key) ?? 0n}`)
    }
    if (key.startsWith('owner.available ') && balance + debitsPending > 0n) {
      problems.push(`I6: account ${key} is below zero`)
    }
  }
  return problems
}
