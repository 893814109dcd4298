import { type DepositTimes, depositTimes } from '@coffer/deposits/deposit-times'
import type { DepositView } from '@coffer/deposits/read-ports'
import { depositReference } from '@coffer/events/deposit-reference'
import { type BookedUnder, bookedUnder } from '@coffer/ledger/booked-under'
import { type ToldOf, toldOf } from '@coffer/notifications/told-of'
import type { Postgres } from '@coffer/postgres/open-postgres'

/** The steps of a deposit, in the order in which they mostly come. */
export const DEPOSIT_STEPS = [
  'block_made',
  'deposit_seen',
  'block_stored',
  'block_orphaned',
  'deposit_final',
  'booked',
  'credited',
  'notification_made',
  'notification_sent',
  'notification_failed',
] as const

/** Something that happened to a deposit. */
export type DepositStep = {
  step: (typeof DEPOSIT_STEPS)[number]
  at: Date
  /** In which process, where it was in one of ours. */
  process: 'scanner' | 'accounts' | 'notifications' | null
  /** To what: a block, a transaction of the ledger, a notification. */
  subject: string
}

type Identity = Pick<DepositView, 'chain' | 'txHash' | 'position'>

/**
 * What happened to a deposit from its block to its credit and those who were told, in order, by
 * what each part has written down; `undefined` if there is no such deposit.
 */
export async function depositTrace(
  postgres: Postgres,
  identity: Identity,
): Promise<DepositStep[] | undefined> {
  const times = await depositTimes(postgres, identity)
  if (times === undefined) return undefined
  const ids = eventIds(identity, times)
  const [booked, told] = await Promise.all([bookedUnder(postgres, ids), toldOf(postgres, ids)])
  const steps = [...scanned(times), ...booked.map(bookedStep), ...told.flatMap(toldSteps)]
  return steps.toSorted((a, b) => a.at.getTime() - b.at.getTime() || place(a.step) - place(b.step))
}

const place = (step: DepositStep['step']) => DEPOSIT_STEPS.indexOf(step)

/** Of every confirmation that it has had, and of what took them back. */
function eventIds({ chain, txHash, position }: Identity, { revision }: DepositTimes): string[] {
  const depositId = `${chain}:${txHash}:${position}`
  return Array.from({ length: Math.max(1, revision) }, (_, index) =>
    (['confirmation', 'reversal'] as const).map((kind) =>
      depositReference({ depositId, revision: index + 1, kind }),
    ),
  ).flat()
}

function scanned(times: DepositTimes): DepositStep[] {
  const subject = `block ${times.blockNumber} ${times.blockHash}`
  const scanner = { process: 'scanner' as const, subject }
  const { blockTime, seenAt, scannedAt, orphanedAt, confirmedAt, creditedAt } = times
  return [
    { step: 'block_made', at: blockTime, process: null, subject },
    { step: 'deposit_seen', at: seenAt, ...scanner },
    ...happened('block_stored', scannedAt, scanner),
    ...happened('block_orphaned', orphanedAt, scanner),
    ...happened('deposit_final', confirmedAt, scanner),
    ...happened('credited', creditedAt, scanner),
  ]
}

const happened = (
  step: DepositStep['step'],
  at: Date | null,
  where: Pick<DepositStep, 'process' | 'subject'>,
): DepositStep[] => (at === null ? [] : [{ step, at, ...where }])

const bookedStep = ({ at, code, transactionId }: BookedUnder): DepositStep => ({
  ...{ step: 'booked', at, process: 'accounts' },
  subject: `${code} ${transactionId}`,
})

function toldSteps({ id, way, eventType, state, createdAt, endedAt }: ToldOf): DepositStep[] {
  const where = { process: 'notifications' as const, subject: `${way} of ${eventType} ${id}` }
  const ended = state === 'failed' ? 'notification_failed' : 'notification_sent'
  return [
    { step: 'notification_made', at: createdAt, ...where },
    ...happened(ended, endedAt, where),
  ]
}
