import type { Mutation } from './mutation.ts'

const adapters = 'libs/messaging/src/adapters'
const redisStreams = `${adapters}/redis-streams.ts`
const redisTests = [`${adapters}/redis-topics.integration.test.ts`]

/** Bugs of the adapters that speak with brokers, and of a move from one broker to another. */
export const brokerMutations: readonly Mutation[] = [
  {
    name: 'owners go to other partitions with @platformatic/kafka than with kafkajs',
    file: `${adapters}/platformatic-producer.ts`,
    find: 'const hash = compatibilityPartitioner(message as never, key)',
    replace: 'const hash = compatibilityPartitioner(message as never, key) + 1',
    tests: [`${adapters}/platformatic-producer.integration.test.ts`],
  },
  {
    name: 'with @platformatic/kafka the last message that was handled is delivered again',
    file: `${adapters}/platformatic-consumer.ts`,
    find: 'partitions.set(partition, BigInt(offset) + 1n)',
    replace: 'partitions.set(partition, BigInt(offset))',
    tests: [`${adapters}/platformatic-consumer.integration.test.ts`],
  },
  {
    name: 'with @platformatic/kafka everything is read into memory while a handler is slow',
    file: `${adapters}/platformatic-fetch.ts`,
    find: 'await given',
    replace: '',
    tests: ['libs/messaging/src/back-pressure.integration.test.ts'],
  },
  {
    name: 'a member that has lost its lease of a stream still reads it',
    file: redisStreams,
    find: "if redis.call('GET', KEYS[at + 1]) == ARGV[1] then",
    replace: 'if true then',
    tests: redisTests,
  },
  {
    name: 'what a dead member of a Redis group had in hand is never delivered again',
    file: `${adapters}/redis-consumer.ts`,
    find: 'pending.push(...read(stream, entries))',
    replace: 'read(stream, entries)',
    tests: [`${adapters}/redis-consumer.integration.test.ts`],
  },
  {
    name: 'what a group was given of a stream and has not acknowledged is cut off',
    file: `${adapters}/trim-stream.ts`,
    find: "if pending[1] > 0 then last = tonumber(pending[2]:match('^%d+')) end",
    replace: '',
    tests: redisTests,
  },
  {
    name: 'a replica that lacks what was acknowledged may become the leader',
    file: `${adapters}/kafka-topics.ts`,
    find: "{ name: 'unclean.leader.election.enable', value: 'false' },",
    replace: '',
    tests: [`${adapters}/kafka-topics.integration.test.ts`],
  },
  {
    name: 'of three copies all three must be there, so that one broker stops everything',
    file: 'libs/messaging/src/topic-settings.ts',
    find: 'Math.max(1, replicationFactor - 1)',
    replace: 'replicationFactor',
    tests: ['libs/messaging/src/topic-settings.test.ts'],
  },
  {
    name: 'a topic to which nothing can ever be published is made without a word',
    file: 'libs/messaging/src/topic-settings.ts',
    find: 'inSync === undefined || inSync <= copies',
    replace: 'inSync === undefined || inSync >= copies',
    tests: ['libs/messaging/src/topic-settings.test.ts'],
  },
  {
    name: 'during a move new messages are handled before those of the old broker',
    file: 'libs/messaging/src/moving-consumer.ts',
    find: 'await drained(before, member, both)',
    replace: '',
    tests: ['libs/messaging/src/moving-consumer.test.ts'],
  },
  {
    name: 'a process with the old configuration takes a topic back to the old broker',
    file: 'libs/messaging/src/relay-lease.ts',
    find: 'relay.broker is null or excluded.broker is null',
    replace: 'true',
    tests: ['libs/messaging/src/relay-broker.integration.test.ts'],
  },
]
