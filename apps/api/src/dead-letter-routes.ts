import { AppError } from '@coffer/errors/app-error'
import { deadLetterTopic } from '@coffer/events/topics'
import type { Routes } from '@coffer/http/server'
import { findDeadLetter, listDeadLetters } from '@coffer/messaging/list-dead-letters'
import type { MessageLog, Producer } from '@coffer/messaging/ports'
import type { DeadLetterStates } from '@coffer/messaging/read-dead-letters'
import { redriveDeadLetters } from '@coffer/messaging/redrive-dead-letters'
import * as wire from './dead-letter-wire.ts'

/** The broker, to look at and to publish to. */
export type DeadLetterBroker = { log: MessageLog; producer: Pick<Producer, 'publish'> }

export type DeadLetterRoutesOptions = {
  /** Opened when it is first asked for; undefined where no broker is configured. */
  broker: (() => Promise<DeadLetterBroker>) | undefined
  states: DeadLetterStates
  /** Told of what an operator did. */
  onSeenTo: (facts: { ids: readonly string[]; done: string; reason?: string }) => void
}

const tags = ['dead letters']

/** Messages that a consumer could not handle, and what an operator does about them. */
export function deadLetterRoutes(options: DeadLetterRoutesOptions): Routes {
  return async (app) => {
    await app.register(readRoutes(options))
    await app.register(actRoutes(options))
  }
}

function readRoutes(options: DeadLetterRoutesOptions): Routes {
  const { states } = options
  return async (app) => {
    app.get(
      '/v1/admin/dead-letters',
      {
        config: { access: 'letters:read' },
        schema: {
          tags,
          summary: 'Messages that could not be handled, those of one owner in their order',
          querystring: wire.deadLetterQuery,
          response: { 200: wire.deadLetterList },
        },
      },
      async ({ query: { topic, cursor, ...query } }) => {
        const { log } = await brokerOf(options)
        const asked = { ...query, topic: deadLetterTopic(topic), from: cursor }
        const { items, next } = await listDeadLetters({ log, states })(asked)
        return { items: items.map(wire.deadLetterOnWire), nextCursor: wire.cursorOnWire(next) }
      },
    )
    app.get(
      '/v1/admin/dead-letters/:id',
      {
        config: { access: 'letters:read' },
        schema: {
          tags,
          summary: 'One dead letter',
          params: wire.deadLetterParams,
          response: { 200: wire.deadLetter },
        },
      },
      async ({ params: { id } }) => {
        const { log } = await brokerOf(options)
        return wire.deadLetterOnWire(await findDeadLetter({ log, states })(id))
      },
    )
  }
}

function actRoutes(options: DeadLetterRoutesOptions): Routes {
  const { states, onSeenTo } = options
  return async (app) => {
    app.post(
      '/v1/admin/dead-letters/redrive',
      {
        config: { access: 'letters:write' },
        schema: {
          tags,
          summary: 'Publish dead letters again to where they came from',
          body: wire.redriveRequest,
          response: { 200: wire.redriveAnswer },
        },
      },
      async ({ body: { topic, which, dryRun: isDryRun, again, until: given, cursor: from } }) => {
        const broker = await brokerOf(options)
        const until = given === undefined ? new Date() : new Date(given)
        const asked = { topic: deadLetterTopic(topic), which, until, from, isDryRun, again }
        const { ids, next } = await redriveDeadLetters({ ...broker, states })(asked)
        if (!isDryRun && ids.length > 0) onSeenTo({ ids, done: 'redriven' })
        return { ids, until: until.toISOString(), nextCursor: wire.cursorOnWire(next) }
      },
    )
    app.post(
      '/v1/admin/dead-letters/discard',
      {
        config: { access: 'letters:write' },
        schema: {
          tags,
          summary: 'Put dead letters aside for good: they stay listed, and are not redriven',
          body: wire.discardRequest,
          response: { 200: wire.discardAnswer },
        },
      },
      async ({ body: { ids, reason } }) => {
        const { log } = await brokerOf(options)
        for (const id of ids) await findDeadLetter({ log, states })(id)
        const discarded = await states.discarded(ids, reason)
        if (discarded.length > 0) onSeenTo({ ids: discarded, done: 'discarded', reason })
        return { discarded }
      },
    )
  }
}

async function brokerOf({ broker }: DeadLetterRoutesOptions): Promise<DeadLetterBroker> {
  if (broker === undefined) throw new BrokerMissingError()
  return await broker()
}

/** Dead letters lie at a broker, and this API was told of none. */
export class BrokerMissingError extends AppError {
  readonly code = 'BROKER_MISSING'

  constructor() {
    super(
      'This API knows no broker, where dead letters lie. Set KAFKA_BROKERS (or MESSAGING ' +
        'and REDIS_URL) to what the other processes have, and start it again.',
      { retry: 'never' },
    )
  }
}
