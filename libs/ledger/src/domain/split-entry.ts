import { type AccountState, availableIn } from './account-state.ts'
import { type AccountName, type EntryDraft, listOf } from './transaction.ts'

type Part = Pick<EntryDraft, 'account' | 'amount'>

/**
 * What an entry books where, by what is on the accounts that it names; some of it may be 0. A debt
 * that `stateOf` knows nothing of is none.
 */
export function splitEntry(
  { account, amount, shortfall, offsets }: EntryDraft,
  stateOf: (name: AccountName) => AccountState | undefined,
): Part[] {
  if (shortfall) return byShortfall([account, ...listOf(shortfall)], amount, stateOf)
  if (!offsets) return [{ account, amount }]
  const paid: Part[] = []
  let rest = -amount
  for (const debt of listOf(offsets)) {
    const part = least(rest, owedOn(stateOf(debt)))
    paid.push({ account: debt, amount: -part })
    rest -= part
  }
  return [{ account, amount: -rest }, ...paid]
}

function byShortfall(
  names: readonly AccountName[],
  amount: bigint,
  stateOf: (name: AccountName) => AccountState | undefined,
): Part[] {
  let rest = amount
  return names.map((account, place) => {
    const state = stateOf(account)
    const isLast = place === names.length - 1
    const part = isLast ? rest : least(rest, state ? availableIn(state) : 0n)
    rest -= part
    return { account, amount: part }
  })
}

/** The smaller of both, and nothing where that is less than nothing. */
const least = (a: bigint, b: bigint): bigint => (b <= 0n ? 0n : a < b ? a : b)

const owedOn = (state: AccountState | undefined): bigint =>
  state ? state.debitsPosted - state.creditsPosted : 0n
