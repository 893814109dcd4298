import { AppError } from '@coffer/errors/app-error'
import type { PostingOutcome } from '@coffer/ledger/ports'
import { crashPoint } from '@coffer/runtime/crash-point'
import { planSettlement } from '../domain/plan-settlement.ts'
import type { Settlement, SettlementCause } from '../domain/settlement.ts'
import { settlementMessages } from '../domain/settlement-messages.ts'
import { daysAfter, type SettlementTerms, thresholdOf } from '../domain/settlement-terms.ts'
import type { NewSettlement, SettlementRooms, SettleTallies, Tally, TallyKey } from '../ports.ts'
import { settlementTransaction } from '../settlement-transactions.ts'

export type SettleTalliesOptions = {
  rooms: SettlementRooms
  defaults: SettlementTerms
  now: () => Date
  /** How often it reads the ledger anew when that changes under it. */
  attempts?: number
}

/** Most tallies that are settled in one transaction. */
const TOGETHER_MAX = 100

/**
 * Settles what may be settled of `keys`: order, lines, ledger and announcements of a settlement are
 * one transaction. By threshold only what has reached it, else whatever there is. The ledger has
 * the last word: where it has less than the lines say, what it has is settled, and the rest is left
 * for when the line comes that explains it. Whoever else settles the same waits, and finds nothing.
 */
export function settleTallies(options: SettleTalliesOptions): SettleTallies {
  const { attempts = 5 } = options
  const together = async (keys: readonly TallyKey[], cause: SettlementCause) => {
    const settled = await settleOnce(options, keys, cause)
    if (settled.length > 0) crashPoint('settlement.after-commit')
    return settled
  }
  const alone = async (key: TallyKey, cause: SettlementCause) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await together([key], cause)
      } catch (error) {
        if (!(error instanceof SettlementRefusedError) || attempt >= attempts) throw error
      }
    }
  }
  return async (keys, cause) => {
    const settled: Settlement[] = []
    for (let at = 0; at < keys.length; at += TOGETHER_MAX) {
      const some = keys.slice(at, at + TOGETHER_MAX)
      try {
        settled.push(...(await together(some, cause)))
      } catch (error) {
        if (!(error instanceof SettlementRefusedError)) throw error
        // Of many, one is held up: it must not hold up the others.
        for (const key of some) settled.push(...(await alone(key, cause)))
      }
    }
    return settled
  }
}

const settleOnce = (
  { rooms, defaults, now }: SettleTalliesOptions,
  keys: readonly TallyKey[],
  cause: SettlementCause,
): Promise<readonly Settlement[]> =>
  rooms(async (room) => {
    await room.lock(keys)
    const at = now()
    const tallies = await room.open(keys, at)
    const settings = await room.settingsOf([...new Set(keys.map((key) => key.merchantId))])
    const planned = tallies.flatMap((tally) => {
      const terms = { ...defaults, ...settings.get(tally.merchantId) }
      return newSettlement(tally, { terms, cause, at }) ?? []
    })
    if (planned.length === 0) return []
    const ids = await room.settle(planned)
    const settled = planned.map(
      (each, place): Settlement => ({ ...each, id: ids[place] as string, releasedAt: undefined }),
    )
    requireBooked(await room.post(settled.map((each) => settlementTransaction(each, at))))
    await room.announce(settled.flatMap(settlementMessages))
    crashPoint('settlement.before-commit')
    return settled
  })

type Planning = { terms: SettlementTerms; cause: SettlementCause; at: Date }

function newSettlement(tally: Tally, { terms, cause, at }: Planning): NewSettlement | undefined {
  const { merchantId, asset, matured, lines, carried } = tally
  const threshold = cause === 'threshold' ? thresholdOf(terms, asset) : 1n
  const { reserveBasisPoints, reserveDays } = terms
  const plan = planSettlement({ ...tally, threshold, reserveBasisPoints })
  if (plan === undefined) return undefined
  const { amount, reserve } = plan
  return {
    merchantId,
    asset,
    amount,
    reserve,
    lines,
    carriedIn: carried,
    carriedOut: matured - amount,
    cause,
    createdAt: at,
    completedAt: at,
    releaseAt: reserve === 0n ? undefined : daysAfter(at, reserveDays),
  }
}

/** Throws {@link SettlementRefusedError} for what the ledger refused. */
export function requireBooked(outcomes: readonly PostingOutcome[]): void {
  for (const outcome of outcomes) {
    if (outcome.status === 'created' || outcome.status === 'exists') continue
    const refusal = outcome.status === 'refused' ? outcome.refusal.reason : outcome.status
    throw new SettlementRefusedError(refusal)
  }
}

/** The ledger changed in the moment between looking and booking, or takes nothing any more. */
export class SettlementRefusedError extends AppError {
  readonly code = 'SETTLEMENT_REFUSED'

  constructor(refusal: string) {
    super(
      `The ledger refused a settlement: ${refusal}. Nothing was settled, and what is due is ` +
        'tried again. If it lasts, look whether an account of the merchant is closed.',
      { retry: 'retry', details: { refusal } },
    )
  }
}
