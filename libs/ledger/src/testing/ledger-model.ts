import { UNITS_MAX } from '@coffer/money/units'
import fc from 'fast-check'
import type { TransactionDraft } from '../domain/transaction.ts'
import { available, credit, custody, draft, end, hold, move, post } from './small-ledger.ts'

/** What somebody asks of the small ledger, under a reference. */
export type Order = { reference: string } & (
  | { kind: 'credit' | 'hold'; owner: string; amount: bigint }
  | { kind: 'post'; of: string; amount: bigint }
  | { kind: 'void' | 'reverse'; of: string }
)

const amount = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 10n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: UNITS_MAX - 3n, max: UNITS_MAX }) },
)
const owner = fc.constantFrom('alice', 'bob')
const newKind = fc.constantFrom('credit' as const, 'credit' as const, 'hold' as const)

/**
 * What may be asked for under one of `references`: under the first third credits and holds, under
 * the others what ends them, mostly several times.
 */
export function orderUnder(reference: string, references: readonly string[]): fc.Arbitrary<Order> {
  const name = fc.constant(reference)
  const subjects = references.slice(0, references.length / 3)
  if (subjects.includes(reference)) {
    return fc.record({ kind: newKind, reference: name, owner, amount })
  }
  const of = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...subjects) },
    { weight: 1, arbitrary: fc.constantFrom(...references) },
  )
  return fc.oneof(
    fc.record({ kind: fc.constant('post' as const), reference: name, of, amount }),
    fc.record({ kind: fc.constantFrom('void', 'reverse'), reference: name, of }),
  )
}

/** What an order is about: whose hold or credit, and how much. */
type Subject = { owner: string; amount: bigint }

/** An order as the ledger takes it. Whoever asks knows whose hold or credit it is about. */
export function orderDraft(order: Order, subjectOf: (of: string) => Subject | undefined) {
  return { ...bare(order, subjectOf), code: order.kind } satisfies TransactionDraft
}

function bare(order: Order, subjectOf: (of: string) => Subject | undefined): TransactionDraft {
  const { reference } = order
  if ('owner' in order) {
    return (order.kind === 'credit' ? credit : hold)(reference, order.owner, order.amount)
  }
  const subject = subjectOf(order.of) ?? { owner: 'bob', amount: 1n }
  if (order.kind === 'post') return post(reference, order.of, subject.owner, order.amount)
  if (order.kind === 'void') return end(reference, order.of, 'voided')
  const entries = move(available(subject.owner), custody, subject.amount)
  return draft(reference, { entries, reverses: order.of })
}

/** What a ledger is, told in a few lines: a number an owner, holds and credits that end once. */
export function ledgerModel() {
  const spendable = new Map([
    ['alice', 0n],
    ['bob', 0n],
  ])
  const subjects = { hold: new Map<string, Subject>(), credit: new Map<string, Subject>() }
  const over = new Set<string>()
  const done = new Map<string, 'known' | 'refused'>()
  const left = (of: string) => spendable.get(of) ?? 0n
  const change = (of: string, by: bigint) => spendable.set(of, left(of) + by)
  /** What an order changes for whom; nothing if it is refused. */
  const effect = (o: Order): Subject | undefined => {
    if ('owner' in o) return { ...o, amount: o.kind === 'credit' ? o.amount : -o.amount }
    const subject = subjects[o.kind === 'reverse' ? 'credit' : 'hold'].get(o.of)
    if (subject === undefined || over.has(o.of)) return undefined
    if (o.kind === 'reverse') return { ...subject, amount: -subject.amount }
    const posted = o.kind === 'post' ? o.amount : 0n
    return posted > subject.amount ? undefined : { ...subject, amount: subject.amount - posted }
  }
  return {
    spendable,
    subjectOf: (of: string) => subjects.hold.get(of) ?? subjects.credit.get(of),
    /** What is held of an owner. */
    held: (of: string) =>
      [...subjects.hold].reduce(
        (sum, [name, each]) => (each.owner === of && !over.has(name) ? sum + each.amount : sum),
        0n,
      ),
    answer(o: Order): 'created' | 'known' | 'refused' {
      const earlier = done.get(o.reference)
      if (earlier) return earlier
      const found = effect(o)
      const isAllowed = found !== undefined && left(found.owner) + found.amount >= 0n
      done.set(o.reference, isAllowed ? 'known' : 'refused')
      if (!isAllowed) return 'refused'
      change(found.owner, found.amount)
      if ('of' in o) over.add(o.of)
      else subjects[o.kind].set(o.reference, { owner: o.owner, amount: o.amount })
      return 'created'
    },
  }
}
