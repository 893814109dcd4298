import type { DepositStanding } from '@coffer/deposits/deposit-standings'
import { parseDepositReference } from '@coffer/events/deposit-reference'
import type { DepositBooking } from '@coffer/ledger/deposit-bookings'
import type { InvariantViolation } from './watch-invariants.ts'

type Net = { credits: number; amount: bigint }

/** Those whose credit was taken back, or is none so far: nothing is to be booked of them. */
const UNBOOKED: ReadonlySet<string> = new Set(['seen', 'orphaned', 'rejected'])

/**
 * What is booked of deposits and ought not to be, or the other way round. I2: a deposit has one
 * credit of its whole amount, or none. I3: what is final is credited. I4: what isn't is not.
 */
export function judgeBookings(
  deposits: readonly DepositStanding[],
  bookings: readonly DepositBooking[],
): InvariantViolation[] {
  const nets = netsOf(bookings)
  const known = new Set(deposits.map(({ id }) => id))
  const unfounded = [...nets].filter(([id, { credits }]) => credits > 0 && !known.has(id))
  return [
    ...deposits.flatMap((deposit) => {
      const problem = problemOf(deposit, nets.get(deposit.id) ?? { credits: 0, amount: 0n })
      return problem === undefined ? [] : [{ subject: `deposit ${deposit.id}`, ...problem }]
    }),
    ...unfounded.map(([id]) => {
      return {
        invariant: 'I4',
        subject: `deposit ${id}`,
        problem: 'it is credited, and not stored',
      }
    }),
  ]
}

function netsOf(bookings: readonly DepositBooking[]): Map<string, Net> {
  const nets = new Map<string, Net>()
  for (const { reference, amount } of bookings) {
    const { depositId, kind } = parseDepositReference(reference)
    const before = nets.get(depositId) ?? { credits: 0, amount: 0n }
    const credits = before.credits + (kind === 'confirmation' ? 1 : -1)
    nets.set(depositId, { credits, amount: before.amount + amount })
  }
  return nets
}

function problemOf(
  { status, amount, isSettled }: DepositStanding,
  net: Net,
): Pick<InvariantViolation, 'invariant' | 'problem'> | undefined {
  const says = (invariant: string, problem: string) => ({ invariant, problem })
  if (net.credits < 0 || net.credits > 1) return says('I2', `it has ${net.credits} credits`)
  const wanted = net.credits === 1 ? amount : 0n
  if (net.amount !== wanted) return says('I2', `${net.amount} of it is booked, and not ${wanted}`)
  if (status === 'reversed' && net.credits > 0) return says('I2', 'it is reversed, and credited')
  if (status === 'credited' && net.credits === 0)
    return says('I3', 'it is credited, and not booked')
  if (!isSettled) return undefined
  if (status === 'final' && net.credits === 0) return says('I3', 'it is final, and not credited')
  const isTooMuch = UNBOOKED.has(status) && net.credits > 0
  return isTooMuch ? says('I4', `it is ${status}, and credited`) : undefined
}
