import type { Settled } from '../domain/settle-findings.ts'
import type { DifferenceRoom } from '../ports.ts'
import { releaseDraft, suspenseDraft } from './suspense-drafts.ts'

/**
 * Keeps what was found: closes what is explained, and takes its value out of suspense; opens what
 * is new, and puts more than we know of into suspense. It posts, so once a transaction.
 */
export async function keepSettled(
  room: DifferenceRoom,
  { opened, explained }: Settled,
  at: Date,
): Promise<void> {
  await room.close(
    explained.map(({ id }) => id),
    { status: 'explained', at },
  )
  await room.add(opened)
  await room.post([
    ...explained.filter(({ isSuspended }) => isSuspended).map(releaseDraft),
    ...opened.filter(({ isSuspended }) => isSuspended).map(suspenseDraft),
  ])
}
