import { payOne, tokenOf } from '../domain/encode-payments.ts'
import { surplusOf } from '../domain/sweep-settings.ts'
import { intendSweep, type Sweeping, type SweepOutcome, withRoom } from './intend-sweep.ts'

/** Sends what the hot wallet has too much of to the cold address, while nobody waits for it. */
export async function sendSurplus(sweeping: Sweeping): Promise<SweepOutcome[]> {
  const { client, payouts, settings } = sweeping
  const { chain, hotWallet, cold, keep, gasMax } = settings
  if (cold === undefined || keep.size === 0) return []
  if ((await payouts.queued(chain, 1)).length > 0) return []
  const outcomes: SweepOutcome[] = []
  for (const [asset, least] of keep) {
    const underWay = await payouts.underWay(chain, hotWallet)
    const token = tokenOf(asset)
    const [held, owed] = token
      ? [await client.tokenBalance(token, hotWallet), underWay.tokens.get(token) ?? 0n]
      : [await client.balance(hotWallet), underWay.value]
    const amount = surplusOf(held - owed, least)
    if (amount === 0n) continue
    const call = payOne({ asset, to: cold, amount })
    const estimate = await client.estimate({ from: hotWallet, gas: gasMax, ...call })
    if ('reverts' in estimate) continue
    const payments = [{ id: `surplus ${asset}`, asset, to: cold, amount: amount.toString() }]
    const plan = { purpose: 'cold', sender: hotWallet, call, sources: [], payments } as const
    outcomes.push(await intendSweep({ ...plan, gas: withRoom(estimate.gas) }, sweeping))
  }
  return outcomes
}
