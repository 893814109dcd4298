import { describeError } from '@coffer/errors/app-error'
import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import type { Delivery, Extent, TopicLog } from '@coffer/messaging/ports'
import { crashPoint } from '@coffer/runtime/crash-point'
import { readLoggedTransaction } from '../logged-transaction.ts'
import type { LedgerComparison, LedgerShadow, LogPage, LogProblem, ShadowRun } from '../ports.ts'

export type RebuildOptions = {
  log: TopicLog
  shadow: LedgerShadow
  /** Told how many messages were read, of how many. */
  onProgress?: (progress: { done: number; of: number }) => void
}

export type RebuildReport = LedgerComparison & {
  /** Whether log and ledger say the same, and the log all that it should. */
  isEqual: boolean
  /** Whether it went on with what an earlier one had begun. */
  isResumed: boolean
}

/**
 * Rebuilds the ledger from accounting.events, as far as that reaches now, beside the ledger in use,
 * and compares the two; with `putInPlace` it first becomes the ledger in use. Killed at any moment
 * and called again, it goes on.
 */
export const rebuildLedger =
  ({ log, shadow, onProgress = () => undefined }: RebuildOptions) =>
  async ({ putInPlace = false } = {}): Promise<RebuildReport> => {
    const run = await shadow.begin(() => log.extents(ACCOUNTING_EVENTS))
    await readLog({ log, shadow, onProgress }, run)
    await shadow.settle()
    crashPoint('rebuild.before-compare')
    if (putInPlace) await shadow.putInPlace()
    const comparison = await shadow.compare()
    const isEqual = comparison.differencesCount === 0 && comparison.problems.length === 0
    await shadow.end({ drop: isEqual })
    return { ...comparison, isEqual, isResumed: run.isResumed }
  }

async function readLog(
  { log, shadow, onProgress }: Required<RebuildOptions>,
  { partitions }: ShadowRun,
): Promise<void> {
  const reading = logReading(partitions)
  const of = partitions.reduce((sum, { first, end }) => sum + Number(end - first), 0)
  let done = partitions.reduce((sum, { first, next }) => sum + Number(next - first), 0)
  // While one page is being stored, the next is read.
  let storing: Promise<void> = Promise.resolve()
  const extents = partitions.map(({ partition, next, end }) => ({ partition, first: next, end }))
  await log.read(ACCOUNTING_EVENTS, extents, async (deliveries) => {
    const added = shadow.add(reading.page(deliveries))
    // It is waited for, but maybe later than it fails.
    added.catch(() => undefined)
    await storing
    storing = added
    done += deliveries.length
    onProgress({ done, of })
  })
  await storing
  const ended = reading.ended()
  if (ended.positions.length > 0) await shadow.add(ended)
}

/** Keeps count of the offsets, so that none is passed over without a word. */
function logReading(partitions: readonly (Extent & { next: bigint })[]) {
  const nexts = new Map(partitions.map(({ partition, next }) => [partition, next]))
  const missing = (partition: number, from: bigint, to: bigint): LogProblem => ({
    place: logPlace(partition, from),
    subject: `partition ${partition}`,
    problem: `the log has nothing from offset ${from} to ${to - 1n}`,
  })
  return {
    page(deliveries: readonly Delivery[]): LogPage {
      const befores = new Map<number, bigint>()
      const problems: LogProblem[] = []
      const transactions: {
        place: string
        transaction: LogPage['transactions'][number]['transaction']
      }[] = []
      for (const delivery of deliveries) {
        const { partition } = delivery
        const offset = BigInt(delivery.offset)
        const expected = nexts.get(partition) ?? 0n
        if (!befores.has(partition)) befores.set(partition, expected)
        if (offset < expected) continue
        if (offset > expected) problems.push(missing(partition, expected, offset))
        nexts.set(partition, offset + 1n)
        const place = logPlace(partition, offset)
        try {
          transactions.push({ place, transaction: readLoggedTransaction(delivery) })
        } catch (error) {
          const subject = `partition ${partition}, offset ${offset}`
          problems.push({
            place,
            subject,
            problem: describeError(error),
          })
        }
      }
      const positions = [...befores].map(([partition, from]) => {
        return { partition, from, next: nexts.get(partition) ?? from }
      })
      return { transactions, problems, positions }
    },
    /** What is missing before the log ends. */
    ended(): LogPage {
      const short = partitions.filter(({ partition, end }) => (nexts.get(partition) ?? 0n) < end)
      return {
        transactions: [],
        problems: short.map(({ partition, end }) =>
          missing(partition, nexts.get(partition) ?? 0n, end),
        ),
        positions: short.map(({ partition, end }) => {
          return { partition, from: nexts.get(partition) ?? 0n, next: end }
        }),
      }
    },
  }
}

/** A place in a topic as one number that grows along each partition. */
export const logPlace = (partition: number, offset: bigint): string =>
  `${(BigInt(partition) << OFFSET_BITS) + offset}`

const OFFSET_BITS = 48n
