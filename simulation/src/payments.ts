import {
  type FakeCall,
  type FakeTransaction,
  fakeAddress,
  fakeTransaction,
} from '@coffer/deposits/testing/fake-chain'
import {
  CHAIN,
  NATIVE,
  payInside,
  payNative,
  payTokens,
  TRANSFER,
  TUSD,
  transferLog,
  word,
} from '@coffer/deposits/testing/fake-transfers'
import type { Address } from '@coffer/evm/address'
import { txHash } from '@coffer/evm/hash'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import { ownerOf } from './people.ts'

/** A deposit as it was meant when its transaction was made, whatever the scanner makes of it. */
export type Meant = { id: string; owner: string; to: Address; asset: string; amount: bigint }

/** A transaction and all that it deposits. */
export type Payment = { transaction: FakeTransaction; meant: readonly Meant[] }

export type Payments = {
  /** A transaction of any kind to some of `receivers`. */
  make(receivers: readonly Address[]): Payment
  /** The same transaction, as when it is executed again on other state. */
  changed(transaction: FakeTransaction): FakeTransaction
  meantBy(transaction: FakeTransaction): readonly Meant[]
  /** Whether any transaction ever meant this deposit, on any branch. */
  isMeant(deposit: Pick<Meant, 'id' | 'owner' | 'amount'>): boolean
}

const STRANGER = fakeAddress(0xbad)
const CONTRACT = fakeAddress(0xc0)
const UNLISTED = fakeAddress(0x70d)

type Draft = { transaction: FakeTransaction; pays: [string, Address, string, bigint][] }

/** Coin that contracts pay is a deposit only where the chain is read with traces. */
export function openPayments(random: SeededRandom, { isTraced }: { isTraced: boolean }): Payments {
  const known = new Map<FakeTransaction, readonly Meant[]>()
  const everMeant = new Set<string>()
  let made = 0

  const know = ({ transaction, pays }: Draft): Payment => {
    const found = pays.filter(([position]) => isTraced || !position.startsWith('trace:'))
    const meant = found.map(([position, to, asset, amount]) => {
      const id = `${CHAIN}:${transaction.hash}:${position}`
      return { id, owner: ownerOf(to), to, asset, amount }
    })
    known.set(transaction, meant)
    for (const each of meant) everMeant.add(nameOf(each))
    return { transaction, meant }
  }
  return {
    make(receivers) {
      made += 1
      const { transaction, pays } = random.pick(KINDS)(random, receivers)
      const hash = txHash(`0xe${made.toString(16).padStart(63, '0')}`)
      return know({ transaction: { ...transaction, hash }, pays })
    },
    changed(transaction) {
      const { hash } = transaction
      const pays = (known.get(transaction) ?? []).filter(({ asset }) => asset === TUSD)
      if (pays.length === 0 || pays.length !== transaction.logs.length) return transaction
      const again = pays.map(({ to, amount }): [Address, bigint] => [to, amount + 1n])
      const changed = { ...payTokens(...again), hash }
      know({ transaction: changed, pays: again.map(tokenPaid) })
      return changed
    },
    meantBy: (transaction) => known.get(transaction) ?? [],
    isMeant: (deposit) => everMeant.has(nameOf(deposit)),
  }
}

const nameOf = ({ id, owner, amount }: Pick<Meant, 'id' | 'owner' | 'amount'>) =>
  `${id} ${owner} ${amount}`

const tokenPaid = ([to, amount]: [Address, bigint], index: number): Draft['pays'][number] => [
  `log:${index}`,
  to,
  TUSD,
  amount,
]

const amountOf = (random: SeededRandom) => 1n + random.bigintBelow(1_000_000n)

const tokens = (...paid: [Address, bigint][]): Draft => ({
  transaction: payTokens(...paid),
  pays: paid.map(tokenPaid),
})

const callTo = (to: Address, amount: bigint): FakeCall => ({
  type: 'CALL',
  from: CONTRACT,
  to,
  value: `0x${amount.toString(16)}`,
})

const nothing = (transaction: FakeTransaction): Draft => ({ transaction, pays: [] })

type Kind = (random: SeededRandom, receivers: readonly Address[]) => Draft

/** Those that deposit something come first, and several times, as they are likelier. */
const KINDS: readonly Kind[] = [
  ...Array.from({ length: 3 }, () => payNativeOnce),
  ...Array.from({ length: 3 }, () => payTokenOnce),
  // Several in one transaction, to one or to more.
  (random, to) =>
    tokens(
      ...Array.from({ length: 2 + random.below(3) }, (): [Address, bigint] => [
        random.pick(to),
        amountOf(random),
      ]),
    ),
  // Both ways at once, behind a log that is no deposit.
  (random, to) => {
    const [receiver, amount] = [random.pick(to), amountOf(random)]
    const logs = [transferLog(STRANGER, 1n), transferLog(receiver, amount)]
    return {
      transaction: { ...payNative(receiver, amount), logs },
      pays: [
        ['log:1', receiver, TUSD, amount],
        ['value', receiver, NATIVE, amount],
      ],
    }
  },
  // By a contract, once; what the node tells of it a second time never happened.
  (random, to) => {
    const [receiver, amount] = [random.pick(to), amountOf(random)]
    return {
      transaction: payInside(receiver, amount),
      pays: [['trace:1', receiver, NATIVE, amount]],
    }
  },
  // By a contract that pays two, below a call that pays nothing itself.
  (random, to) => {
    const pays = [0, 1].map((index): Draft['pays'][number] => [
      `trace:0.${index}`,
      random.pick(to),
      NATIVE,
      amountOf(random),
    ])
    const calls = pays.map(([, receiver, , amount]) => callTo(receiver, amount))
    const outer: FakeCall = { type: 'DELEGATECALL', from: CONTRACT, to: STRANGER, calls }
    return { transaction: fakeTransaction({ to: CONTRACT, calls: [outer] }), pays }
  },
  (random, to) => {
    const calls = [callTo(random.pick(to), amountOf(random))]
    return nothing(fakeTransaction({ to: CONTRACT, calls, succeeded: false }))
  },
  (random, to) => nothing({ ...payNative(random.pick(to), 7n), succeeded: false }),
  (random, to) => nothing(payNative(random.pick(to), 0n)),
  (random) => nothing(payNative(STRANGER, amountOf(random))),
  (random, to) => {
    const log = transferLog(random.pick(to), amountOf(random), { address: UNLISTED })
    return nothing({ ...payTokens(), to: UNLISTED, logs: [log] })
  },
  (random, to) => {
    const topics = [TRANSFER, word(STRANGER), word(random.pick(to)), word(1n)]
    return nothing({ ...payTokens(), logs: [transferLog(STRANGER, 1n, { topics })] })
  },
]

function payNativeOnce(random: SeededRandom, to: readonly Address[]): Draft {
  const [receiver, amount] = [random.pick(to), amountOf(random)]
  const pays: Draft['pays'] = [['value', receiver, NATIVE, amount]]
  return { transaction: payNative(receiver, amount), pays }
}

function payTokenOnce(random: SeededRandom, to: readonly Address[]): Draft {
  return tokens([random.pick(to), amountOf(random)])
}
