import type { Mutation } from './mutation.ts'

const relay = 'libs/messaging/src/relay.ts'
const relayTests = ['libs/messaging/src/relay.integration.test.ts']
const inbox = 'libs/messaging/src/inbox.ts'
const inboxTests = ['libs/messaging/src/inbox.integration.test.ts']
const redriveTests = ['libs/messaging/src/redrive-dead-letters.integration.test.ts']
const consume = 'libs/messaging/src/consume.ts'
const consumeTests = ['libs/messaging/src/consume.test.ts']

/** Bugs between the transaction that owes a message and the one that handles it. */
export const messagingMutations: readonly Mutation[] = [
  {
    name: 'a relay that is up to date reads the whole outbox for each step',
    file: relay,
    find: 'and waiting.id + 0 > relay.restored_id',
    replace: 'and waiting.id > relay.restored_id',
    tests: ['libs/messaging/src/relay-reads.integration.test.ts'],
  },
  {
    name: 'a relay publishes the first alone of messages that share a row',
    file: relay,
    find: 'return ofRow.map((message) => ({ ...message, transactionId, id }))',
    replace: 'return ofRow.slice(0, 1).map((message) => ({ ...message, transactionId, id }))',
    tests: relayTests,
  },
  {
    name: 'messages that share a row change places',
    file: 'libs/messaging/src/outbox.ts',
    find: 'all.slice(row * TOGETHER_MAX, (row + 1) * TOGETHER_MAX)',
    replace: 'all.slice(row * TOGETHER_MAX, (row + 1) * TOGETHER_MAX).reverse()',
    tests: relayTests,
  },
  {
    name: 'a relay that could not read ahead fails for ever',
    file: 'libs/messaging/src/relay-next.ts',
    find: `    ahead = undefined
    const read = await before?.reading`,
    replace: `    const read = await before?.reading
    ahead = undefined`,
    tests: ['libs/messaging/src/relay-next.test.ts'],
  },
  {
    name: 'the relay publishes what it read ahead under a lease that has run out',
    file: 'libs/messaging/src/relay-next.ts',
    find: 'read.leaseLeftMs - (performance.now() - before.sinceMs)',
    replace: 'read.leaseLeftMs',
    tests: ['libs/messaging/src/relay-next.test.ts'],
  },
  {
    name: 'what is late for booking goes on for one step and then waits anew',
    file: 'libs/runtime/src/right-of-way.ts',
    find: "if (result === 'idle') sinceMs = undefined",
    replace: 'sinceMs = undefined',
    tests: ['libs/runtime/src/right-of-way.test.ts'],
  },
  {
    name: 'small batches hold up what is announced, too',
    file: 'apps/accounts/src/posting-first.ts',
    find: 'if (deliveries.length < FULL_SIZE) return await handler(deliveries)',
    replace: '',
    tests: ['apps/accounts/src/posting-first.test.ts'],
  },
  {
    name: "the relay moves its cursor before the broker's acknowledgement",
    file: 'libs/messaging/src/relay-next.ts',
    find: `    await producer.publish(rows)
    published()
    crashPoint('relay.after-ack')
    return await outbox.advance(last)`,
    replace: `    const isMoved = await outbox.advance(last)
    await producer.publish(rows)
    return isMoved`,
    tests: ['libs/messaging/src/testing/memory-outbox.test.ts'],
  },
  {
    name: 'the relay reads on from its cursor while it publishes what is there',
    file: 'libs/messaging/src/relay-next.ts',
    find: 'outbox.readNext(last) : undefined',
    replace: 'outbox.readNext() : undefined',
    tests: ['libs/messaging/src/testing/memory-outbox.test.ts'],
  },
  {
    name: 'the relay goes on with what it read ahead though the broker failed',
    file: 'libs/messaging/src/relay-next.ts',
    find: `    if (!(await publish(next.rows, last))) return 'idle'
    ahead = reading && { reading, sinceMs }`,
    replace: `    ahead = reading && { reading, sinceMs }
    if (!(await publish(next.rows, last))) return 'idle'`,
    tests: ['libs/messaging/src/testing/memory-outbox.test.ts'],
  },
  {
    name: 'what comes while the database is only to be read goes to the dead letters',
    file: 'libs/postgres/src/transient.ts',
    find: '(25006|3D000|',
    replace: '(3D000|',
    tests: ['tests/hazards/messages.integration.test.ts'],
  },
  {
    name: 'a relay with much to publish sorts all of it for every step',
    file: relay,
    find: 'set local enable_bitmapscan = off; set local enable_sort = off',
    replace: 'set local enable_indexscan = on',
    tests: ['libs/messaging/src/relay-reads.integration.test.ts'],
  },
  {
    name: 'the relay reads past transactions that are still open',
    file: relay,
    find: `and waiting.\${transactionId} < pg_snapshot_xmin(pg_current_snapshot())`,
    replace: '',
    tests: relayTests,
  },
  {
    name: 'the relay leaves what an older transaction holds up for its next look',
    file: relay,
    find: 'if (!next.isHeldUp) break',
    replace: 'break',
    tests: relayTests,
  },
  {
    name: 'a relay with nothing to do reads all that was ever published',
    file: relay,
    find: `order by held.\${transactionId}, held.id
        limit 1`,
    replace: 'limit 1',
    tests: ['libs/messaging/src/relay-reads.integration.test.ts'],
  },
  {
    name: 'the relay passes over what committed later under a lower id',
    file: relay,
    find: `and (waiting.\${transactionId}, waiting.id) > \${cursor}`,
    replace: 'and waiting.id > relay.outbox_id',
    tests: relayTests,
  },
  {
    name: 'a relay moves the cursor of the one that took over from it',
    file: relay,
    find: `where topic = \${topic} and holder = \${holder}
    returning topic`,
    replace: `where topic = \${topic}
    returning topic`,
    tests: ['libs/messaging/src/relay-lease.integration.test.ts'],
  },
  {
    name: 'pruning deletes what was not published yet',
    file: 'libs/messaging/src/prune-outbox.ts',
    find: 'and (transaction_id, id) <= (relay.transaction_id, relay.outbox_id)',
    replace: '',
    tests: relayTests,
  },
  {
    name: 'messages leave in the order of their keys, not as they were given',
    file: 'libs/messaging/src/outbox.ts',
    find: `order by position\`
})`,
    replace: `order by key desc\`
})`,
    tests: ['libs/messaging/src/outbox.integration.test.ts'],
  },
  {
    name: 'a message that no broker takes holds up its topic',
    file: 'libs/messaging/src/outbox.ts',
    find: 'if (bytes > MESSAGE_BYTES_MAX) throw',
    replace: 'if (bytes < 0) throw',
    tests: ['libs/messaging/src/outbox.integration.test.ts'],
  },
  {
    name: 'the inbox lets everything through',
    file: inbox,
    find: 'return new Set(claimed.map((row) => row.event_id))',
    replace: 'return new Set(claimed.length < 0 ? [] : eventIds)',
    tests: inboxTests,
  },
  {
    name: 'overlapping batches claim in whatever order they came',
    file: inbox,
    find: '[...new Set(eventIds)].sort()',
    replace: '[...new Set(eventIds)]',
    tests: inboxTests,
  },
  {
    name: 'an outage makes a dead letter of a message',
    file: consume,
    find: `      if (isOutage(error, isTransient)) throw error
`,
    replace: '',
    tests: consumeTests,
  },
  {
    name: 'an outage while a message is tried alone makes a dead letter of it',
    file: consume,
    find: 'if (isOutage(next, isTransient)) throw next',
    replace: '',
    tests: consumeTests,
  },
  {
    name: 'half of a batch that failed is dropped',
    file: consume,
    find: 'await handleOrHalve(deliveries.slice(half))',
    replace: '',
    tests: consumeTests,
  },
  {
    name: 'offsets are committed before their messages are handled',
    file: 'libs/messaging/src/adapters/handle-fetched.ts',
    find: 'const isHandled = await handleUntilDone(part, fetched)',
    replace: `await commit(part)
    const isHandled = await handleUntilDone(part, fetched)`,
    tests: ['libs/messaging/src/adapters/kafka-consumer.integration.test.ts'],
  },
  {
    name: 'a redrive leaves what else waits of the same owner',
    file: 'libs/messaging/src/redrive-dead-letters.ts',
    find: '(keys !== undefined && !keys.has(letter.key))',
    replace: '("ids" in Object(request.which) && !Object(request.which).ids.includes(letter.id))',
    tests: redriveTests,
  },
  {
    name: 'a redrive is noted before the broker has it',
    file: 'libs/messaging/src/redrive-dead-letters.ts',
    find: `await producer.publish(chunk.map(redriveMessage))
        await box.states.redriven(ids)`,
    replace: `await box.states.redriven(ids)
        await producer.publish(chunk.map(redriveMessage))`,
    tests: redriveTests,
  },
  {
    name: 'what was handled seems to be under way for ever',
    file: 'libs/messaging/src/adapters/postgres-letter-states.ts',
    find: `    ['handled', handledAt],
    ['returned', returnedAt],`,
    replace: `    ['returned', returnedAt],`,
    tests: redriveTests,
  },
  {
    name: 'a redrive takes what was redriven before',
    file: 'libs/messaging/src/redrive-dead-letters.ts',
    find: "letter.state === 'pending' || (again && letter.state === 'redriven')",
    replace: "letter.state === 'pending' || letter.state === 'redriven'",
    tests: redriveTests,
  },
  {
    name: 'a consumer tells of what was redriven for another',
    file: consume,
    find: "headers['coffer_redrive_for'] === consumer ? headers['coffer_redrive_of'] : undefined",
    replace: "consumer ? headers['coffer_redrive_of'] : undefined",
    tests: consumeTests,
  },
]
