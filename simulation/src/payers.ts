import type { FakeTransaction } from '@coffer/deposits/testing/fake-chain'
import type { Address } from '@coffer/evm/address'
import type { Payments } from './payments.ts'
import { PEOPLE } from './people.ts'
import type { Room } from './room.ts'

/** Those who pay to registered addresses, and now and then to one that isn't yet. */
export type Payers = {
  payUpTo(max: number): FakeTransaction[]
  registerNext(): void
  registered(): readonly Address[]
  isRegistered(address: Address): boolean
  /** Whether this transaction was made before its receiver's address was registered. */
  isEarly(transaction: FakeTransaction, to: Address): boolean
  /** Whether it was so of any of the receivers of a transaction with this hash. */
  hasEarly(hash: string): boolean
}

export function openPayers(
  { random, coverage, trace }: Room,
  { payments, register }: { payments: Payments; register: (address: Address) => void },
): Payers {
  const registered = new Set<Address>()
  const early = new Map<string, Set<Address>>()

  const registerNext = () => {
    const next = PEOPLE[registered.size]
    if (next === undefined) return
    registered.add(next.address)
    register(next.address)
    trace.say(`chain: ${next.address} is registered`)
    coverage.saw('chain: address registered')
  }
  for (let first = 0; first < 4; first++) registerNext()

  const pay = (): FakeTransaction => {
    const isEarlyPayment = random.below(40) === 0 && registered.size < PEOPLE.length
    const receivers = isEarlyPayment ? PEOPLE.map(({ address }) => address) : [...registered]
    const { transaction, meant } = payments.make(receivers)
    const unknown = meant.map(({ to }) => to).filter((to) => !registered.has(to))
    if (unknown.length > 0) coverage.saw('chain: payment before its address was registered')
    early.set(transaction.hash, new Set(unknown))
    return transaction
  }
  return {
    payUpTo: (max) => Array.from({ length: random.below(max + 1) }, pay),
    registerNext,
    registered: () => [...registered],
    isRegistered: (address) => registered.has(address),
    hasEarly: (hash) => (early.get(hash)?.size ?? 0) > 0,
    isEarly: ({ hash }, to) => early.get(hash)?.has(to) ?? false,
  }
}
