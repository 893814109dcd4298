import type { FakeBlock, FakeTransaction } from '@coffer/deposits/testing/fake-chain'
import { CHAIN, payTokens, TUSD } from '@coffer/deposits/testing/fake-transfers'
import type { Address } from '@coffer/evm/address'
import { txHash } from '@coffer/evm/hash'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import { meantByBlock } from './block-payments.ts'
import type { Draft, Pay } from './draft.ts'
import { PAYMENT_KINDS, tokenPaid } from './payment-kinds.ts'
import { ownerOf } from './people.ts'
import type { Policy } from './policy.ts'

/** A deposit as it was meant when its transaction was made, whatever the scanner makes of it. */
export type Meant = {
  id: string
  owner: string
  from: Address
  to: Address
  asset: string
  amount: bigint
  /** Whether it is to be credited, held in suspense, or only recorded. */
  fate: 'credit' | 'suspend' | 'record'
  /** Why it is not credited. */
  reason: string | null
  /** Whether the node tells of it in words that only a balance proves. */
  isDoubtful: boolean
}

/** A transaction and all that it deposits. */
export type Payment = { transaction: FakeTransaction; meant: readonly Meant[] }

export type Payments = {
  /** A transaction of any kind to some of `receivers`. */
  make(receivers: readonly Address[]): Payment
  /** One that a node makes up: it is on no honest chain. */
  forge(receivers: readonly Address[]): FakeTransaction
  /** The same transaction, as when it is executed again on other state. */
  changed(transaction: FakeTransaction): FakeTransaction
  meantBy(transaction: FakeTransaction): readonly Meant[]
  /** What a block pays without a transaction. */
  meantByBlock(block: FakeBlock): readonly Meant[]
  /** A block was made: what it pays itself is meant from now on. */
  know(block: FakeBlock): void
  /** An operator may credit this though it was not meant to be. */
  allowCredit(deposit: Pick<Meant, 'id' | 'owner' | 'amount'>): void
  /** Whether any transaction ever meant this deposit, on any branch, to be booked in this way. */
  isMeant(deposit: Pick<Meant, 'id' | 'owner' | 'amount' | 'fate'>): boolean
  /** Whether a node made it up. */
  isForged(deposit: Pick<Meant, 'id'>): boolean
}

/** How a chain is read. */
type Reading = Policy['reading']

/** Whether what stands there is a deposit where a chain is read like this. */
const isShown = ({ byLogs = false, traceMethod }: Reading, position: string) =>
  position.startsWith('log:') || (!byLogs && (Boolean(traceMethod) || position === 'value'))

export function openPayments(
  random: SeededRandom,
  { reading, quorum }: Pick<Policy, 'reading' | 'quorum'>,
): Payments {
  // By the word of one endpoint what it makes up is published, and taken back later.
  const isForgeryBelieved = quorum < 2
  const known = new Map<FakeTransaction, readonly Meant[]>()
  const everMeant = new Set<string>()
  let made = 0

  const forged = new Set<string>()
  const meantOf = ({ transaction, pays }: Draft) =>
    pays
      .filter(({ position }) => isShown(reading, position))
      .map((pay) => meantBy(transaction, pay))
  const know = (draft: Draft): Payment => {
    const { transaction } = draft
    const meant = meantOf(draft)
    known.set(transaction, meant)
    for (const each of meant) everMeant.add(nameOf(each))
    return { transaction, meant }
  }
  const draft = (receivers: readonly Address[]): Draft => {
    made += 1
    const { transaction, pays } = random.pick(PAYMENT_KINDS)(random, receivers)
    const hash = txHash(`0xe${made.toString(16).padStart(63, '0')}`)
    const tip = random.below(3) === 0 ? 1n + random.bigintBelow(50n) : 0n
    return { transaction: { ...transaction, hash, tip }, pays }
  }
  const byBlock = (block: FakeBlock) => (reading.byLogs ? [] : meantByBlock(block))
  return {
    meantByBlock: byBlock,
    make: (receivers) => know(draft(receivers)),
    forge(receivers) {
      const made = draft(receivers)
      for (const each of meantOf(made)) {
        forged.add(each.id)
        if (isForgeryBelieved) everMeant.add(nameOf(each))
      }
      return made.transaction
    },
    changed(transaction) {
      const pays = (known.get(transaction) ?? []).filter(({ asset }) => asset === TUSD)
      const isPlain = pays.length > 0 && pays.length === transaction.logs.length
      if (!isPlain || transaction.calls.length > 0 || transaction.value > 0n) return transaction
      const again = pays.map(({ to, amount }): [Address, bigint] => [to, amount + 1n])
      const changed = { ...payTokens(...again), hash: transaction.hash }
      know({ transaction: changed, pays: again.map(tokenPaid) })
      return changed
    },
    meantBy: (transaction) => known.get(transaction) ?? [],
    know(block) {
      for (const each of byBlock(block)) everMeant.add(nameOf(each))
    },
    allowCredit: (deposit) => everMeant.add(nameOf({ ...deposit, fate: 'credit' })),
    isForged: ({ id }) => forged.has(id),
    isMeant: (deposit) => everMeant.has(nameOf(deposit)),
  }
}

function meantBy({ hash, from: sender }: FakeTransaction, pay: Pay): Meant {
  const { position, to, asset, amount, from = sender, reason = null, isDoubtful = false } = pay
  const isHeld = reason === 'below_minimum'
  return {
    id: `${CHAIN}:${hash}:${position}`,
    owner: ownerOf(to),
    ...{ from, to, asset, amount, reason, isDoubtful },
    fate: reason === null ? 'credit' : isHeld ? 'suspend' : 'record',
  }
}

const nameOf = ({ id, owner, amount, fate }: Pick<Meant, 'id' | 'owner' | 'amount' | 'fate'>) =>
  `${fate} ${id} ${owner} ${amount}`
