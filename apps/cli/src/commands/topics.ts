import { describeError } from '@coffer/errors/app-error'
import { TOPICS, type Topic } from '@coffer/events/topics'
import { ensureMessagingTopics } from '@coffer/messaging/ensure-messaging-topics'
import {
  messagingConfig,
  messagingSettings,
  requireBrokers,
} from '@coffer/messaging/messaging-settings'
import { openMessaging } from '@coffer/messaging/open-messaging'
import type { MessageLog } from '@coffer/messaging/ports'
import { proveRoundTrip } from '@coffer/messaging/prove-round-trip'
import { requireCopies, topicCopies, topicSettings } from '@coffer/messaging/topic-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { createLogger } from '@coffer/telemetry/logger'
import { Command } from 'commander'
import { z } from 'zod'
import { endWith } from '../end-with.ts'
import { printJson } from '../progress.ts'
import { partsOf } from '../running-coffer.ts'
import { homeOption } from './home-option.ts'

const broker = z
  .object({
    ...messagingSettings,
    ...topicSettings,
    /** How long Redis keeps what every group has handled, hours; for ever by default. */
    REDIS_KEEP_HOURS: z.coerce.number().int().min(1).max(876_000).optional(),
  })
  .superRefine(requireBrokers)
  .superRefine(requireCopies)

type TopicsOptions = { home: string; json?: true }

const configOf = async ({ home }: TopicsOptions) => {
  const config = readConfig(broker, await partsOf(process.env, home))
  return { ...config, messaging: messagingConfig(config), copies: topicCopies(config) }
}

const command = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .addOption(homeOption('where a Coffer was started, if no variables name parts'))
    .option('--json', 'print the result as one JSON line')

const create = command('create', 'Create the topics that are missing. Safe to repeat.').action(
  async (options: TopicsOptions) => {
    const { messaging, copies, REDIS_KEEP_HOURS } = await configOf(options)
    await ensureMessagingTopics({
      messaging,
      topics: TOPICS,
      ...copies,
      redisKeepMs: REDIS_KEEP_HOURS && REDIS_KEEP_HOURS * 3_600_000,
    })
    if (options.json) return printJson({ topics: TOPICS.map(({ name }) => name) })
    for (const { name, partitions } of TOPICS) console.log(`${name}  ${partitions} partitions`)
  },
)

const list = command('list', 'Tell what each topic holds; fails if one is missing.').action(
  async (options: TopicsOptions) => {
    const { messaging } = await configOf(options)
    const logger = createLogger('coffer', 'silent')
    const { log: openLog } = await openMessaging({ ...messaging, clientId: 'coffer', logger })
    await using log = await openLog()
    const found = await Promise.all(TOPICS.map((topic) => held(log, topic)))
    if (found.some(({ problem }) => problem !== undefined)) endWith('unwell')
    if (options.json) return printJson(found)
    for (const { topic, partitions, messages, problem } of found) {
      console.log(`${topic}  ${problem ?? `${partitions} partitions, ${messages} messages`}`)
    }
  },
)

type Held = { topic: string; partitions?: number; messages?: bigint; problem?: string }

async function held(log: MessageLog, { name: topic }: Topic): Promise<Held> {
  try {
    const extents = await log.extents(topic)
    const messages = extents.reduce((sum, { first, end }) => sum + end - first, 0n)
    return { topic, partitions: extents.length, messages }
  } catch (error) {
    return { topic, problem: describeError(error) }
  }
}

const test = command(
  'test',
  'Publish a message on a topic of its own, read it, and remove the topic.',
).action(async (options: TopicsOptions) => {
  const { messaging, copies } = await configOf(options)
  const { before: _, ...current } = messaging
  const logger = createLogger('coffer', 'silent')
  const { topic, publishedMs, readMs } = await proveRoundTrip({
    ...{ messaging: current, logger, ...copies },
  })
  const times = { publishedMs: Math.round(publishedMs), readMs: Math.round(readMs) }
  if (options.json) return printJson({ topic, ...times })
  console.log(
    `A message on ${topic} was acknowledged after ${times.publishedMs} ms and read after ` +
      `${times.readMs} ms. The topic is removed.`,
  )
})

/** `coffer topics`: the topics of the broker. Without another word it creates what is missing. */
export const topics = new Command('topics')
  .description(
    'Create, list or test the topics where MESSAGING says: on KAFKA_BROKERS, with ' +
      'REPLICATION_FACTOR and MIN_INSYNC_REPLICAS, or at REDIS_URL, kept for REDIS_KEEP_HOURS. ' +
      'Without these variables, of the Coffer that was started here.',
  )
  .addCommand(create, { isDefault: true })
  .addCommand(list)
  .addCommand(test)
