import type { Charge, ChargeRooms } from '../channel-ports.ts'
import { isDecided } from '../domain/charge.ts'

export type BeginChargesOptions = {
  rooms: ChargeRooms
  now: () => Date
  /** The first pause before the channel is asked again, milliseconds; each next one is longer. */
  retryMs: number
}

const RETRY_MAX_MS = 300_000

/**
 * Stores that the channel is asked about the payments `ids`, all in one transaction. Answers for
 * each, in their order, its charge as it was before; nothing where there is nothing to ask, or
 * not yet: somebody else may be asking.
 */
export const beginCharges =
  ({ rooms, now, retryMs }: BeginChargesOptions) =>
  (ids: readonly string[]): Promise<readonly (Charge | undefined)[]> =>
    rooms(async (room) => {
      const at = now()
      const charges = await room.readCharges(await room.lock([...new Set(ids)]))
      const due = [...charges.values()].filter(
        ({ status, lookAt }) => !isDecided(status) && lookAt !== undefined && lookAt <= at,
      )
      // Nobody was asked so far, and nobody has to be any more.
      const isGivenUp = ({ status, isWanted }: Charge) => status === 'waiting' && !isWanted
      const [given, asked] = [due.filter(isGivenUp), due.filter((charge) => !isGivenUp(charge))]
      await room.writeCharges([
        ...given.map(({ paymentId }) => declined(paymentId)),
        ...asked.map((charge) => askedFor(charge, at, retryMs)),
      ])
      const left = new Map(asked.map((charge) => [charge.paymentId, charge]))
      return ids.map((id) => {
        const charge = left.get(id)
        // Who comes for it twice is given it once.
        left.delete(id)
        return charge
      })
    })

const declined = (paymentId: string) => ({ paymentId, status: 'declined', lookAt: null }) as const

function askedFor(charge: Charge, at: Date, retryMs: number) {
  const { paymentId } = charge
  const attempts = charge.attempts + 1
  const pauseMs = Math.min(RETRY_MAX_MS, retryMs * 2 ** (attempts - 1))
  const status = charge.status === 'waiting' ? 'asked' : charge.status
  return { paymentId, status, attempts, lookAt: new Date(at.getTime() + pauseMs) }
}
