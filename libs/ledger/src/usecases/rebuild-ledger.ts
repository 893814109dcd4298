import { describeError } from '@coffer/errors/app-error'
import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import type { RawPage, TopicLog } from '@coffer/messaging/ports'
import { crashPoint } from '@coffer/runtime/crash-point'
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
  const reading = logReading(partitions, shadow)
  const of = partitions.reduce((sum, { first, end }) => sum + Number(end - first), 0)
  // While one page is being stored, the next is read.
  let storing: Promise<void> = Promise.resolve()
  const extents = partitions.map(({ partition, next, end }) => ({ partition, first: next, end }))
  await log.read(ACCOUNTING_EVENTS, extents, async (page) => {
    const added = shadow.add(reading.page(page))
    // It is waited for, but maybe later than it fails.
    added.catch(() => undefined)
    await storing
    storing = added
    onProgress({ done: reading.done(), of })
  })
  await storing
  const ended = reading.ended()
  if (ended.positions.length > 0) await shadow.add(ended)
}

type Reached = { partition: number; first: number; next: number; end: number }

/** Keeps count of the offsets, so that none is passed over without a word. */
function logReading(partitions: ShadowRun['partitions'], shadow: Pick<LedgerShadow, 'note'>) {
  const reached = new Map<number, Reached>()
  for (const { partition, first, next, end } of partitions) {
    const from = { partition, first: Number(first), next: Number(next), end: Number(end) }
    reached.set(partition, from)
  }
  return {
    done: () => reached.values().reduce((sum, { first, next }) => sum + next - first, 0),
    page(page: RawPage): LogPage {
      const befores = [...reached.values()].map(({ partition, next: from }) => ({
        partition,
        from,
      }))
      const problems: LogProblem[] = []
      page.tell((message) => {
        const { partition, offset } = message
        const position = reached.get(partition)
        if (position === undefined || offset < position.next) return
        if (offset > position.next) problems.push(missing(position, offset))
        position.next = offset + 1
        const place = logPlace(partition, offset)
        try {
          shadow.note(place, message)
        } catch (error) {
          const subject = `partition ${partition}, offset ${offset}`
          problems.push({ place, subject, problem: describeError(error) })
        }
      })
      const positions = befores.map((before) => ({
        ...before,
        next: reached.get(before.partition)?.next ?? before.from,
      }))
      return { problems, positions: positions.filter(({ from, next }) => next > from) }
    },
    /** What is missing before the log ends. */
    ended(): LogPage {
      const short = [...reached.values()].filter(({ next, end }) => next < end)
      return {
        problems: short.map((position) => missing(position, position.end)),
        positions: short.map(({ partition, next, end }) => ({ partition, from: next, next: end })),
      }
    },
  }
}

const missing = ({ partition, next }: Reached, to: number): LogProblem => ({
  place: logPlace(partition, next),
  subject: `partition ${partition}`,
  problem: `the log has nothing from offset ${next} to ${to - 1}`,
})

/** A place in a topic as one number that grows along each partition. */
export const logPlace = (partition: number, offset: number): string =>
  `${(BigInt(partition) << OFFSET_BITS) + BigInt(offset)}`

const OFFSET_BITS = 48n
