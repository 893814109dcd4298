import type { StepResult } from '@coffer/runtime/poll'
import { tokenOf } from '../domain/encode-payments.ts'
import { feesFor } from '../domain/fees.ts'
import type { SweepSource } from '../sweep-ports.ts'
import type { Sweeping, SweepOptions } from './intend-sweep.ts'
import { sendSurplus } from './send-surplus.ts'
import { type Held, sweepDerived } from './sweep-derived.ts'
import { sweepForwarders } from './sweep-forwarders.ts'

/** What is too little is looked at again when more comes, or after so long. */
const DUST_MS = 86_400_000

/**
 * Looks what has come to our addresses and plans how it gets to the hot wallet, and from there to
 * the cold address. It changes nothing of what owners have. While gas is too expensive it waits.
 */
export const planSweeps = (options: SweepOptions) => async (): Promise<StepResult> => {
  const { sweeps, client, settings, now, forwarderOf } = options
  const { chain, batchMax } = settings
  await sweeps.release(chain, now())
  const fees = feesFor(await client.state(), settings.fees)
  if (fees === undefined) return 'idle'
  const sweeping = { ...options, fees }
  const due = await sweeps.due(chain, now(), 4 * batchMax)
  const held = await worthALook(due, sweeping)
  const isForwarder = ({ source }: Held) => forwarderOf(source.owner)?.address === source.address
  const forwarders = held.filter(isForwarder)
  const others = held.filter((each) => !forwarders.includes(each))
  const outcomes = [
    ...(await sweepForwarders(forwarders, sweeping)),
    ...(await sweepDerived(others, sweeping)),
    ...(await sendSurplus(sweeping)),
  ]
  return outcomes.includes('intended') ? 'busy' : 'idle'
}

/** What is there: nothing is forgotten, and so is what we have no key of; too little waits. */
async function worthALook(due: readonly SweepSource[], sweeping: Sweeping): Promise<Held[]> {
  const { sweeps, client, settings, now, forwarderOf } = sweeping
  const isOurs = ({ address, owner, derivationIndex }: SweepSource) =>
    derivationIndex !== undefined || forwarderOf(owner)?.address === address
  const held = await Promise.all(
    due.map(async (source): Promise<Held> => {
      const token = tokenOf(source.asset)
      const { address } = source
      const amount = token ? await client.tokenBalance(token, address) : client.balance(address)
      return { source, amount: await amount }
    }),
  )
  const kept = held.filter(({ source, amount }) => amount > 0n && isOurs(source))
  const worth = kept.filter(({ source, amount }) => isEnough(source, amount, settings))
  const sourcesBut = (all: readonly Held[], some: readonly Held[]) =>
    all.filter((each) => !some.includes(each)).map(({ source }) => source)
  await sweeps.forget(sourcesBut(held, kept))
  await sweeps.postpone(sourcesBut(kept, worth), new Date(now().getTime() + DUST_MS))
  return worth
}

/** Of the coin any amount may do, for what it costs is known. */
function isEnough(
  { asset, derivationIndex }: SweepSource,
  amount: bigint,
  { minimums, isDerivedSwept }: Sweeping['settings'],
): boolean {
  if (derivationIndex !== undefined && !isDerivedSwept) return false
  const least = minimums.get(asset)
  return least === undefined ? tokenOf(asset) === undefined : amount >= least
}
