import { AppError } from '@coffer/errors/app-error'
import { pause } from '@coffer/runtime/backoff'
import type { Logger } from '@coffer/telemetry/logger'
import type { MemberOptions, Messaging } from './open-messaging.ts'
import type { Consumer, GroupReader } from './ports.ts'

export type MovingConsumerOptions = {
  /** Where everything was published before, and where it is published now or soon. */
  before: Pick<Messaging, 'consumer' | 'backlog'>
  current: Pick<Messaging, 'consumer'>
  member: MemberOptions
  logger: Logger
}

/** How long a handler waits before it says that it is waiting, and between two looks. */
const PATIENCE_MS = 2_000
const LOOK_EVERY_MS = 50

/**
 * Reads two brokers while everything moves from one to the other, so that owners' messages keep
 * their order: what came from the new one is handled when the group has handled all of the old one.
 * A relay publishes to the new one only after the old one has acknowledged all before it, so when
 * a message has come from there, what precedes it is in the old one and is seen to wait.
 */
export function movingConsumer(options: MovingConsumerOptions): Consumer {
  const { before, current, member, logger } = options
  return {
    async run(handler, signal) {
      const stopped = new AbortController()
      const both = AbortSignal.any([signal, stopped.signal])
      const runs = [
        before.consumer(member).run(handler, both),
        current.consumer(member).run(async (deliveries) => {
          await drained(before, member, both)
          await handler(deliveries)
        }, both),
      ]
      logger.info({ group: member.group, topics: member.topics }, 'Reading both brokers: a move')
      try {
        await Promise.all(runs)
      } finally {
        stopped.abort()
        await Promise.allSettled(runs)
      }
    },
  }
}

/** Resolves when the group has handled all there is; throws {@link NotDrainedError} meanwhile. */
async function drained(
  { backlog }: Pick<Messaging, 'backlog'>,
  { group, topics }: GroupReader,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const left = await backlog({ group, topics })
    if (left === 0) return
    // Whoever waits for longer must come again: the group may have given its partitions to others.
    if (signal.aborted || performance.now() > until) throw new NotDrainedError({ group, left })
    await pause(LOOK_EVERY_MS, signal)
  }
}

/** The broker that everything comes from still holds messages that must be handled first. */
export class NotDrainedError extends AppError {
  readonly code = 'NOT_DRAINED'

  constructor({ group, left }: { group: string; left: number }) {
    super(`Group ${group} has ${left} messages to handle from the broker that was used before.`, {
      retry: 'retry',
      details: { group, left },
    })
  }
}
