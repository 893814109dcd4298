import { readEvent } from '@coffer/events/event'
import { WALLET_EVENTS } from '@coffer/events/topics'
import type { Delivery, Extent, TopicLog } from '@coffer/messaging/ports'
import { deliveryOf } from '@coffer/messaging/raw-message'
import type { DerivedReferences, LedgerDifference, UnitOfWork } from '../ports.ts'
import {
  type BookedDeposits,
  bookDeposits,
  type DepositEvent,
  DepositNotBookableError,
  isDepositEvent,
} from './book-deposits.ts'

export type RederiveOptions = {
  log: Pick<TopicLog, 'extents' | 'read'>
  unitOfWork: UnitOfWork
  references: DerivedReferences
  /** Told of each batch before it is booked, those that were booked before too. */
  onEvents?: (events: readonly DepositEvent[]) => Promise<void>
  onProgress?: (progress: { done: number; of: number }) => void
}

export type RederiveReport = {
  /** Events that book something. */
  events: number
  /** Those that the ledger did not have, and has now. */
  booked: number
  differences: readonly LedgerDifference[]
  differencesCount: number
}

/** Differences that are listed; one cause can lose every deposit there is. */
const LISTED_MAX = 1_000

/**
 * Books by the account service's own use-case what wallet.events say, as far as they reach now, and
 * tells what of it the ledger does not have or has otherwise, and what of deposits the ledger has
 * beside it. With `keep` what it did not have stays booked, else nothing does. Safe to repeat.
 */
export const rederiveDeposits =
  ({ log, unitOfWork, references, onEvents, onProgress }: RederiveOptions) =>
  async ({ keep }: { keep: boolean }): Promise<RederiveReport> =>
    references(async ({ add, beside }) => {
      const book = bookDeposits({ unitOfWork: keep ? unitOfWork : undone(unitOfWork) })
      const extents = await log.extents(WALLET_EVENTS)
      const of = extents.reduce((sum, { first, end }) => sum + Number(end - first), 0)
      const found: Found = { keep, booked: 0, missing: [], differences: gone(extents) }
      let [done, events] = [0, 0]
      await log.read(WALLET_EVENTS, extents, async (page) => {
        const deliveries: Delivery[] = []
        page.tell((message) => deliveries.push(deliveryOf(message, WALLET_EVENTS)))
        const batch = deliveries.flatMap((delivery) => depositEvents(delivery, found))
        await onEvents?.(batch)
        await bookBatch(book, batch, found)
        await add(batch.map(({ id }) => id))
        events += batch.length
        done += deliveries.length
        onProgress?.({ done, of })
      })
      if (!keep) await lookAgain(book, found)
      found.differences.push(...(await beside()))
      const { booked, differences } = found
      return {
        events,
        booked,
        differences: differences.slice(0, LISTED_MAX),
        differencesCount: differences.length,
      }
    })

/** Does all that `unitOfWork` does, and undoes it. */
const undone =
  (unitOfWork: UnitOfWork): UnitOfWork =>
  async (work) => {
    let done: { result: Awaited<ReturnType<typeof work>> } | undefined
    const outcome = unitOfWork(async (books) => {
      done = { result: await work(books) }
      throw new Undone()
    })
    await outcome.catch((error: unknown) => {
      if (!(error instanceof Undone) && !(causeOf(error) instanceof Undone)) throw error
    })
    if (done === undefined) throw new Error('Nothing was done, and nothing said why.')
    return done.result
  }

class Undone extends Error {}

const causeOf = (error: unknown) => (error instanceof Error ? error.cause : undefined)

type Found = {
  /** Whether what is booked stays so. */
  keep: boolean
  booked: number
  /** What would have been booked. */
  missing: DepositEvent[]
  differences: LedgerDifference[]
}
type Book = (events: readonly DepositEvent[]) => Promise<BookedDeposits>

function depositEvents(delivery: Delivery, { differences }: Found): DepositEvent[] {
  try {
    const event = readEvent(delivery)
    return isDepositEvent(event) ? [{ ...event, traceparent: delivery.headers['traceparent'] }] : []
  } catch (error) {
    const subject = `wallet.events, partition ${delivery.partition}, offset ${delivery.offset}`
    differences.push({ subject, problem: error instanceof Error ? error.message : `${error}` })
    return []
  }
}

/** What an earlier message said may be in the ledger, but nobody can tell any more. */
const gone = (extents: readonly Extent[]): LedgerDifference[] =>
  extents
    .filter(({ first }) => first > 0n)
    .map(({ partition, first }) => ({
      subject: `wallet.events, partition ${partition}`,
      problem: `the log has nothing before offset ${first}`,
    }))

/** Books a batch in halves of halves, until it is known which event it is that matters. */
async function bookBatch(book: Book, events: readonly DepositEvent[], found: Found): Promise<void> {
  const [event] = events
  if (event === undefined) return
  try {
    const { booked } = await book(events)
    if (found.keep) found.booked += booked
    else if (booked === events.length) found.missing.push(...events)
    if (found.keep || booked === 0 || booked === events.length) return
  } catch (error) {
    if (!(error instanceof DepositNotBookableError)) throw error
    if (events.length === 1) {
      found.differences.push({ subject: event.id, problem: error.problem })
      return
    }
  }
  const half = Math.ceil(events.length / 2)
  await bookBatch(book, events.slice(0, half), found)
  await bookBatch(book, events.slice(half), found)
}

/** What the account service has booked meanwhile was on its way, and is no difference. */
async function lookAgain(book: Book, found: Found): Promise<void> {
  const still: Found = { ...found, missing: [], differences: [] }
  await bookBatch(book, found.missing, still)
  found.differences.push(...still.differences)
  for (const { id } of still.missing) {
    found.differences.push({ subject: id, problem: 'it is in wallet.events and not in the ledger' })
  }
}
