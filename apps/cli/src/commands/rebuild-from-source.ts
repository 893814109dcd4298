import { postgresBookings } from '@coffer/deposits/bookings'
import { depositBookingsHandler } from '@coffer/deposits/events'
import { restoreDeposits } from '@coffer/deposits/restore-deposits'
import { postgresRestoredDeposits } from '@coffer/deposits/restored-deposits'
import { ACCOUNTING_EVENTS } from '@coffer/events/topics'
import { postgresDerivedReferences } from '@coffer/ledger/derived-references'
import { type RederiveReport, rederiveDeposits } from '@coffer/ledger/rederive-deposits'
import { postgresUnitOfWork } from '@coffer/ledger/unit-of-work'
import type { Delivery, TopicLog } from '@coffer/messaging/ports'
import { deliveryOf } from '@coffer/messaging/raw-message'
import type { Postgres } from '@coffer/postgres/open-postgres'

export type RebuildParts = {
  log: TopicLog
  postgres: Postgres
  onProgress: (label: string) => (progress: { done: number; of: number }) => void
}

export type SourceRebuild = RederiveReport & {
  isEqual: boolean
  /** Deposits that were stored again. */
  restored: number
  lines: string[]
}

/**
 * Derives the ledger's transactions of deposits from wallet.events and compares them. With
 * `intoLive` it books what the ledger does not have, stores the deposits again that were lost, and
 * tells them what the ledger says of them. Safe to repeat.
 */
export async function rebuildFromSource(
  { log, postgres, onProgress }: RebuildParts,
  { intoLive }: { intoLive: boolean },
): Promise<SourceRebuild> {
  const store = restoreDeposits(postgresRestoredDeposits(postgres))
  let restored = 0
  const report = await rederiveDeposits({
    log,
    unitOfWork: postgresUnitOfWork({ postgres }),
    references: postgresDerivedReferences(postgres),
    onEvents: async (events) => {
      if (intoLive) restored += await store(events)
    },
    onProgress: onProgress('deposit events'),
  })({ keep: intoLive })
  if (intoLive) await markBooked({ log, postgres, onProgress })
  const isEqual = report.differencesCount === 0
  return { ...report, isEqual, restored, lines: linesOf({ ...report, restored, isEqual }) }
}

/** Tells deposits what accounting.events say of them: the scanner read that before the loss. */
async function markBooked({ log, postgres, onProgress }: RebuildParts): Promise<void> {
  const mark = depositBookingsHandler(postgresBookings(postgres))
  const extents = await log.extents(ACCOUNTING_EVENTS)
  const of = extents.reduce((sum, { first, end }) => sum + Number(end - first), 0)
  let done = 0
  await log.read(ACCOUNTING_EVENTS, extents, async (page) => {
    const deliveries: Delivery[] = []
    page.tell((message) => deliveries.push(deliveryOf(message, ACCOUNTING_EVENTS)))
    await mark(deliveries)
    done += deliveries.length
    onProgress('ledger events')({ done, of })
  })
}

function linesOf(report: Omit<SourceRebuild, 'lines'>): string[] {
  const { events, booked, restored, differences, differencesCount, isEqual } = report
  const more = differencesCount - differences.length
  return [
    `wallet.events tell of ${events} bookings of deposits.`,
    ...(booked > 0 ? [`${booked} of them are booked now.`] : []),
    ...(restored > 0 ? [`${restored} deposits are stored again.`] : []),
    ...differences.map(({ subject, problem }) => `${subject}: ${problem}`),
    ...(more > 0 ? [`${more} more differences.`] : []),
    isEqual ? 'The ledger has them all.' : 'The ledger differs.',
  ]
}
