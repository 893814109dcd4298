import { type Facts, hasSucceeded, type Standing, standingOf } from './payment.ts'
import { changePayment, type Payment, type PaymentChange } from './payment-change.ts'

/** A payment with every fact it is judged by. */
export type PaymentFile = Omit<Facts, 'terms' | 'cancelledAt'> & { payment: Payment }

/**
 * What the payments of one order come to, whose files these are, and what is to be announced. One
 * payment pays an order: while it stands, another for which all came in is a duplicate, whose
 * money stays with it and is given back. If it is taken back, another one takes its place.
 */
export function changeOrder(
  files: readonly PaymentFile[],
  { at, reason }: { at: Date; reason: string },
): PaymentChange[] {
  const judged = files.map(judge)
  const payer = payerAmong(judged)
  // A success that is taken back is told before the one that takes its place, and that before those
  // that are left over by it.
  const inOrder = judged.toSorted((a, b) => rank(b, payer) - rank(a, payer))
  const changes: PaymentChange[] = []
  let order: Payment['order'] | undefined
  for (const each of inOrder) {
    const { payment, refusal } = each.file
    const told = { at, reason: refusal ?? reason }
    // The payments of one order share its versions.
    const current = { ...payment, order: order ?? payment.order }
    const change = changePayment(current, standingBeside(each, payer), told)
    if (change === undefined) continue
    changes.push(change)
    order = change.payment.order
  }
  return changes
}

type Judged = { file: PaymentFile; standing: Standing }

const judge = (file: PaymentFile): Judged => {
  const { payment, ...facts } = file
  const { cancelledAt } = payment.order
  return { file, standing: standingOf({ terms: payment, ...facts, cancelledAt }) }
}

/** The one that has paid so far goes on to; else it is the one that was paid first. */
function payerAmong(judged: readonly Judged[]): Judged | undefined {
  const paid = judged.filter(({ standing }) => hasSucceeded(standing))
  const first = paid.toSorted((a, b) => paidMs(a) - paidMs(b))[0]
  return paid.find(({ file }) => hasSucceeded(file.payment)) ?? first
}

const paidMs = ({ standing }: Judged): number => standing.paidAt?.getTime() ?? 0

const rank = (judged: Judged, payer: Judged | undefined): number =>
  judged === payer ? 1 : hasSucceeded(judged.file.payment) ? 2 : 0

function standingBeside(judged: Judged, payer: Judged | undefined): Standing {
  const isDuplicate = judged !== payer && hasSucceeded(judged.standing)
  return isDuplicate ? { ...judged.standing, status: 'duplicate' } : judged.standing
}
