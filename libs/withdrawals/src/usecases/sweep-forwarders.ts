import { flushCall } from '../domain/encode-flush.ts'
import { tokenOf } from '../domain/encode-payments.ts'
import { isWorthIt } from '../domain/sweep-settings.ts'
import { intendSweep, type Sweeping, type SweepOutcome, withRoom } from './intend-sweep.ts'
import type { Held } from './sweep-derived.ts'

/** What did not pay, or fails, is tried again after so long. */
const LATER_MS = 3_600_000

/** Flushes forwarders, many in one transaction, of all that is there. */
export async function sweepForwarders(
  held: readonly Held[],
  sweeping: Sweeping,
): Promise<SweepOutcome[]> {
  const { batchMax } = sweeping.settings
  const owners = ownersOf(held)
  const outcomes: SweepOutcome[] = []
  for (let first = 0; first < owners.length; first += batchMax) {
    const batch = owners.slice(first, first + batchMax)
    const outcome = await flush(
      held.filter(({ source }) => batch.includes(source.owner)),
      sweeping,
    )
    if (outcome) outcomes.push(outcome)
  }
  return outcomes
}

async function flush(held: readonly Held[], sweeping: Sweeping): Promise<SweepOutcome | undefined> {
  const { client, settings, fees, sweeps, now } = sweeping
  const { forwarders, hotWallet: sender, gasMax } = settings
  const owners = ownersOf(held)
  if (forwarders === undefined || owners.length === 0) return undefined
  const call = flushCall(
    forwarders,
    owners.flatMap((owner) => sweeping.forwarderOf(owner)?.salt ?? []),
    [...new Set(held.flatMap(({ source }) => tokenOf(source.asset) ?? []))],
  )
  const estimate = await client.estimate({ from: sender, gas: gasMax, ...call })
  // Whoever has a token that is worth it has its coin taken along.
  const worth = new Set<string>()
  if ('gas' in estimate) {
    const cost = (estimate.gas * fees.maxFeePerGas) / BigInt(owners.length)
    for (const { source, amount } of held) {
      if (tokenOf(source.asset) || isWorthIt(amount, cost)) worth.add(source.owner)
    }
  }
  const swept = held.filter(({ source }) => worth.has(source.owner))
  const left = held.filter(({ source }) => !worth.has(source.owner)).map(({ source }) => source)
  await sweeps.postpone(left, new Date(now().getTime() + LATER_MS))
  if (left.length > 0 || !('gas' in estimate)) return await flush(swept, sweeping)
  const sources = swept.map(({ source }) => source)
  const plan = { purpose: 'sweep', sender, call, sources } as const
  return await intendSweep({ ...plan, gas: withRoom(estimate.gas) }, sweeping)
}

const ownersOf = (held: readonly Held[]): string[] => [
  ...new Set(held.map(({ source }) => source.owner)),
]
