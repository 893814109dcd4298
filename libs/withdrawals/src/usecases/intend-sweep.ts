import type { Address } from '@coffer/evm/address'
import type { PayingCall } from '../domain/encode-payments.ts'
import type { Fees } from '../domain/fees.ts'
import type { NewTransaction, Payment, Purpose } from '../domain/outgoing.ts'
import type { SweepSettings } from '../domain/sweep-settings.ts'
import type { ChainClient, Payouts } from '../ports.ts'
import type { SweepRooms, SweepSource, Sweeps } from '../sweep-ports.ts'

export type SweepOptions = {
  rooms: SweepRooms
  sweeps: Sweeps
  payouts: Pick<Payouts, 'underWay' | 'queued'>
  client: ChainClient
  settings: SweepSettings
  /** The salt of an owner's forwarder, and its address. */
  forwarderOf: (owner: string) => { salt: `0x${string}`; address: Address } | undefined
  /** Told of transactions that are to be signed. */
  onIntended: (ids: readonly string[]) => void
  newId: () => string
  now: () => Date
}

/** A look at what is there, at the price that gas has now. */
export type Sweeping = SweepOptions & { fees: Fees }

export type SweepPlan = {
  purpose: Exclude<Purpose, 'payout'>
  sender: Address
  call: PayingCall
  gas: bigint
  sources: readonly SweepSource[]
  payments?: readonly Payment[]
}

export type SweepOutcome = 'intended' | 'budget' | 'taken' | 'nonce'

const DAY_MS = 86_400_000

/**
 * Binds a sweep to a nonce and its sources to it, in one transaction of the database, if it is
 * within what sweeps may cost a day.
 */
export async function intendSweep(plan: SweepPlan, sweeping: Sweeping): Promise<SweepOutcome> {
  const { rooms, client, payouts, settings, fees, newId, now, onIntended } = sweeping
  const { sender, purpose, call, gas, sources, payments = [] } = plan
  const { chain, budget } = settings
  const [first, { nextNonce }] = await Promise.all([
    client.nonce(sender, 'latest'),
    payouts.underWay(chain, sender),
  ])
  // Somebody else sends from it, or the database is older than the chain.
  if (nextNonce !== undefined && first > nextNonce) return 'nonce'
  const id = newId()
  const made = { id, chain, sender, purpose, gas, payments }
  const transaction: NewTransaction = { ...made, ...call, ...fees }
  const at = now()
  try {
    const outcome = await rooms(async (room): Promise<SweepOutcome> => {
      await room.lockChain(chain)
      const since = new Date(at.getTime() - DAY_MS)
      const spent = await room.spent(chain, since)
      if (spent + gas * fees.maxFeePerGas > budget) return 'budget'
      const nonce = await room.outgoing.lockSender({ chain, address: sender, first })
      await room.outgoing.insert([transaction], { nonce, at })
      if (!(await room.claim(sources, id))) throw new SweepTaken()
      return 'intended'
    })
    if (outcome === 'intended') onIntended([id])
    return outcome
  } catch (error) {
    if (error instanceof SweepTaken) return 'taken'
    throw error
  }
}

/** Some room, for what others do until it is mined. */
export const withRoom = (gas: bigint): bigint => gas + gas / 4n

/** Undoes a plan that another process was faster with; nobody else sees it. */
class SweepTaken extends Error {}
