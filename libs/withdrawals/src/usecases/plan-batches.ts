import type { Address } from '@coffer/evm/address'
import { type PayingCall, payMany, payOne, tokenOf } from '../domain/encode-payments.ts'
import type { Withdrawal } from '../domain/withdrawal.ts'
import type { ChainClient, UnderWay } from '../ports.ts'
import type { AllowanceNeed } from './allow-batches.ts'

/** Withdrawals that are paid by one transaction. */
export type Plan = { withdrawals: readonly Withdrawal[]; call: PayingCall }

export type PlanBatchesOptions = {
  client: Pick<ChainClient, 'allowance'>
  sender: Address
  batchPayer?: Address | undefined
  batchMax: number
  underWay: Pick<UnderWay, 'batched' | 'approving'>
  /** Whether those who lack an allowance are to wait for it. */
  allow: (need: AllowanceNeed) => Promise<'waits' | 'helpless'>
}

export type Batches = {
  plans: readonly Plan[]
  /** Whether some wait until the batch payer may take their token. */
  waits: boolean
}

/** So many cost less together, the approval included, than each by itself. */
const WORTH_APPROVING = 4

const payAlone = (withdrawal: Withdrawal): Plan => {
  return { withdrawals: [withdrawal], call: payOne(withdrawal) }
}

/**
 * Many in one transaction where that can be, the others each in its own, in their order. Tokens
 * that the batch payer may not take so far wait for its allowance where that is worth it.
 */
export async function planBatches(
  queued: readonly Withdrawal[],
  options: PlanBatchesOptions,
): Promise<Batches> {
  const { batchPayer, batchMax } = options
  if (batchPayer === undefined || batchMax < 2) {
    return { plans: queued.map(payAlone), waits: false }
  }
  const sorted = { together: new Set<Withdrawal>(), waiting: new Set<Withdrawal>() }
  for (const [token, withdrawals] of byToken(queued.filter(({ isAlone }) => !isAlone))) {
    const into = await sortToken(token, withdrawals, { ...options, batchPayer })
    for (const each of into.together) sorted.together.add(each)
    for (const each of into.waiting) sorted.waiting.add(each)
  }
  const together = queued.filter((each) => sorted.together.has(each))
  const plans: Plan[] = []
  for (let first = 0; first < together.length; first += batchMax) {
    const withdrawals = together.slice(first, first + batchMax)
    const [only] = withdrawals
    if (withdrawals.length === 1 && only) plans.push(payAlone(only))
    else plans.push({ withdrawals, call: payMany(batchPayer, withdrawals) })
  }
  const rest = queued.filter((each) => !sorted.together.has(each) && !sorted.waiting.has(each))
  return { plans: [...plans, ...rest.map(payAlone)], waits: sorted.waiting.size > 0 }
}

type Sorted = { together: readonly Withdrawal[]; waiting: readonly Withdrawal[] }

/** While an allowance changes nothing that needs it is sent: nonces say which one comes first. */
async function sortToken(
  token: Address | undefined,
  withdrawals: readonly Withdrawal[],
  { client, sender, batchPayer, underWay, allow }: PlanBatchesOptions & { batchPayer: Address },
): Promise<Sorted> {
  if (token === undefined) return { together: withdrawals, waiting: [] }
  if (underWay.approving.has(token)) return { together: [], waiting: withdrawals }
  const allowance = await client.allowance(token, { owner: sender, spender: batchPayer })
  const batched = underWay.batched.get(token) ?? 0n
  let left = allowance - batched
  const fitting = withdrawals.filter(({ amount }) => {
    if (left < amount) return false
    left -= amount
    return true
  })
  if (withdrawals.length - fitting.length >= WORTH_APPROVING) {
    const amount = withdrawals.reduce((sum, each) => sum + each.amount, 0n)
    const asset = withdrawals[0]?.asset
    const need = { token, asset, amount, allowance, isBatched: batched > 0n }
    if ((await allow(need)) === 'waits') return { together: [], waiting: withdrawals }
  }
  return { together: fitting, waiting: [] }
}

function byToken(withdrawals: readonly Withdrawal[]): Map<Address | undefined, Withdrawal[]> {
  const found = new Map<Address | undefined, Withdrawal[]>()
  for (const each of withdrawals) {
    const token = tokenOf(each.asset)
    found.set(token, [...(found.get(token) ?? []), each])
  }
  return found
}
