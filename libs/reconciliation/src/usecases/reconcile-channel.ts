import type { ItemKind } from '../domain/channel-item.ts'
import { addedCounts, type Run } from '../domain/run.ts'
import type { Rooms } from '../ports.ts'
import { type ChannelRules, judgeGroups } from './judge-groups.ts'

export type ReconcileChannelOptions = {
  rooms: Rooms
  rules: ChannelRules
  now: () => Date
  /** Movements that are judged in one transaction. */
  pageSize?: number
}

/**
 * Judges the next movements of a channel that are not matched: those that are due, and those that
 * moved before the end of the run's day. Answers the run after that; `undefined` if somebody else
 * has gone on with it meanwhile.
 */
export const reconcileChannel =
  ({ rooms, rules, now, pageSize = 500 }: ReconcileChannelOptions) =>
  async (run: Run): Promise<Run | undefined> =>
    await rooms(async (room) => {
      if (!(await room.lockRun(run))) return undefined
      const { place: channel, through, progress } = run
      const after = progress.scope === 'channel' ? progress.after : undefined
      const at = now()
      const keys = await room.unmatched(
        { channel, dueBefore: at, movedBefore: through },
        { after: after && { ...after, kind: after.kind as ItemKind }, limit: pageSize },
      )
      await room.lock(keys)
      const settled = await judgeGroups(room, keys, { now: at, rules, through })
      const last = keys.at(-1)
      const isDone = keys.length < pageSize
      return await room.saveRun({
        ...run,
        status: isDone ? 'done' : 'running',
        finishedAt: isDone ? at : undefined,
        progress: {
          scope: 'channel',
          ...(last ? { after: { kind: last.kind, reference: last.reference } } : {}),
        },
        counts: addedCounts(run.counts, { checked: keys.length, ...settled }),
        failures: 0,
        lastError: undefined,
      })
    })
