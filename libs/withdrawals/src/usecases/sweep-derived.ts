import { payOne, tokenOf } from '../domain/encode-payments.ts'
import { isWorthIt } from '../domain/sweep-settings.ts'
import type { SweepSource } from '../sweep-ports.ts'
import { intendSweep, type Sweeping, type SweepOutcome, withRoom } from './intend-sweep.ts'

/** A source and what is there now. */
export type Held = { source: SweepSource; amount: bigint }

const COIN_GAS = 21_000n

/** It is signed at the price of then, and must not ask for more than is there. */
const RESERVE_TIMES = 2n

/** What did not pay, or fails, is tried again after so long. */
const LATER_MS = 3_600_000

/**
 * Empties addresses of the HD wallet, each by one transaction at a time: tokens first, since they
 * need its coin for gas, and what is missing of that comes from the hot wallet.
 */
export async function sweepDerived(
  held: readonly Held[],
  sweeping: Sweeping,
): Promise<SweepOutcome[]> {
  const isToken = ({ source }: Held) => tokenOf(source.asset) !== undefined
  const tokensFirst = [...held.filter(isToken), ...held.filter((each) => !isToken(each))]
  const started = new Set<string>()
  const outcomes: SweepOutcome[] = []
  for (const each of tokensFirst) {
    if (started.has(each.source.address)) continue
    const sweep = isToken(each) ? sweepToken : sweepCoin
    const outcome = await sweep(each, sweeping)
    if (outcome === undefined) continue
    started.add(each.source.address)
    outcomes.push(outcome)
  }
  return outcomes
}

async function sweepCoin(
  { source, amount }: Held,
  sweeping: Sweeping,
): Promise<SweepOutcome | undefined> {
  const { fees, settings } = sweeping
  const cost = RESERVE_TIMES * COIN_GAS * fees.maxFeePerGas
  if (!isWorthIt(amount, cost)) return await later(source, sweeping)
  const call = payOne({ asset: source.asset, to: settings.hotWallet, amount: amount - cost })
  const plan = { purpose: 'sweep', sender: source.address, gas: COIN_GAS } as const
  return await intendSweep({ ...plan, call, sources: [source] }, sweeping)
}

async function sweepToken(
  { source, amount }: Held,
  sweeping: Sweeping,
): Promise<SweepOutcome | undefined> {
  const { client, fees, settings } = sweeping
  const { address, asset } = source
  const call = payOne({ asset, to: settings.hotWallet, amount })
  const estimate = await client.estimate({ from: address, gas: settings.gasMax, ...call })
  if ('reverts' in estimate) return await later(source, sweeping)
  const gas = withRoom(estimate.gas)
  const needed = RESERVE_TIMES * gas * fees.maxFeePerGas
  const missing = needed - (await client.balance(address))
  if (missing <= 0n) {
    const plan = { purpose: 'sweep', sender: address, gas, call } as const
    return await intendSweep({ ...plan, sources: [source] }, sweeping)
  }
  // The token waits until this has ended, and is swept then.
  const topUp = { to: address, value: missing, data: '0x' } as const
  const plan = { purpose: 'top-up', sender: settings.hotWallet, gas: COIN_GAS } as const
  return await intendSweep({ ...plan, call: topUp, sources: [] }, sweeping)
}

async function later(source: SweepSource, { sweeps, now }: Sweeping): Promise<undefined> {
  await sweeps.postpone([source], new Date(now().getTime() + LATER_MS))
}
