import type { Mutation } from './mutation.ts'

const notifications = 'libs/notifications/src'
const letterTests = [`${notifications}/usecases/send-letter.integration.test.ts`]
const webhookTests = [`${notifications}/usecases/deliver-webhooks.integration.test.ts`]
const guardTests = [`${notifications}/adapters/guarded-post.integration.test.ts`]
const deliver = `${notifications}/usecases/deliver-webhooks.ts`
const guard = `${notifications}/adapters/guarded-post.ts`

/** Bugs by which somebody is told twice, never, or by whoever should not have been called. */
export const notificationMutations: readonly Mutation[] = [
  {
    name: 'a letter that is sent again after a crash is another letter',
    file: `${notifications}/usecases/send-letter.ts`,
    find: '{ to, messageId: `<${id}@${mailDomain}>`, letter }',
    replace: '{ to, messageId: `<${id}.${Date.now()}@${mailDomain}>`, letter }',
    tests: letterTests,
  },
  {
    name: 'a letter that somebody is sending is sent by another too',
    file: `${notifications}/adapters/postgres-outgoing-letters.ts`,
    find: 'and (waiting.lease_until is null or waiting.lease_until < now())\n      for',
    replace: 'for',
    tests: letterTests,
  },
  {
    name: 'a webhook that is sent again after a crash is another webhook',
    file: deliver,
    find: 'const id = webhookId(eventId)',
    replace: 'const id = `${webhookId(eventId)}${taken.attempt > 1 ? taken.attempt : ""}`',
    tests: webhookTests,
  },
  {
    name: 'a signature is over what was published, and not over what is sent',
    file: deliver,
    find: '.sign(id, at, body))',
    replace: '.sign(id, at, data))',
    tests: webhookTests,
  },
  {
    name: 'only the first address of a host is looked at',
    file: guard,
    find: 'addresses.find(({ address }) => !isAllowed(address))',
    replace: 'addresses.slice(0, 1).find(({ address }) => !isAllowed(address))',
    tests: guardTests,
  },
  {
    name: 'a name is checked, and not the address that is connected to',
    file: guard,
    find: 'if (isAllowed(remoteAddress)) request.end(body)',
    replace: 'if (isAllowed(remoteAddress) || remoteAddress) request.end(body)',
    tests: guardTests,
  },
  {
    name: 'when a letter is tried again is known to the process alone',
    file: `${notifications}/adapters/settle-notification.ts`,
    find: 'next_at = now() + make_interval(secs => ${isFinal ? 0 : outcome.waitMs / 1_000}),',
    replace: 'next_at = now(),',
    tests: letterTests,
  },
  {
    name: 'an endpoint that fails is not left in peace',
    file: `${notifications}/adapters/postgres-webhook-lanes.ts`,
    find: 'rests_until = ${isFailing ? rest : sql`null`}',
    replace: 'rests_until = null',
    tests: webhookTests,
  },
  {
    name: 'an endpoint waits for whoever sends to another',
    file: `${notifications}/adapters/postgres-webhook-lanes.ts`,
    find: 'where id = ${endpointId} and ${IS_OPEN}\n      and (lease',
    replace:
      'where id = ${endpointId} and ${IS_OPEN}\n' +
      '      and not exists (select from notifications.webhook_endpoints as other\n' +
      '        where other.lease_until > now())\n      and (lease',
    tests: webhookTests,
  },
  {
    name: 'webhooks are sent one after the other, whoever they are for',
    file: `${notifications}/jobs.ts`,
    find: 'concurrency: LANES_AT_ONCE',
    replace: 'concurrency: LANES_AT_ONCE / 64',
    tests: [`${notifications}/jobs.test.ts`],
  },
]
