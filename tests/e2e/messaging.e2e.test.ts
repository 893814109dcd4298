import { once } from 'node:events'
import { connect } from 'node:net'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type CofferUnderTest, cofferUnderTest } from './coffer-under-test.ts'
import { credits, keepPaying } from './keep-paying.ts'
import { runCoffer } from './run-coffer.ts'

/**
 * What Coffer runs on by one line of its configuration, beside Kafka as everything else here does:
 * accounts through platformatic, all others through kafkajs.
 */
const LINES = [
  { name: 'redis', env: { MESSAGING: 'redis' } },
  { name: 'kafkajs', env: { KAFKA_CLIENT: 'kafkajs' } },
]

test.each(LINES)('credits each deposit once through $name, whoever is killed', async (line) => {
  const { name, env } = line
  await using under = await cofferUnderTest({ name: `messaging-${name}`, users: 4, env })
  const { apps, startApp, stack } = under.coffer
  await under.pay()
  await under.settle()

  await startApp('accounts', { name: 'accounts-2' })
  await using paying = keepPaying(under)
  for (const app of ['accounts', 'scanner'] as const) {
    apps.get(app)?.kill('SIGKILL')
    await apps.get(app)?.exited()
    await startApp(app)
  }
  // What a dead Kafka does is tried beside its adapters, at less cost.
  if (name === 'redis') {
    await stack.part('redis').kill()
    await stack.part('redis').start()
    await emptyRedis(under)
  }
  await paying.stop()
  await under.settle()

  expect(await credits(under)).toBe(under.paid())
  expect(await under.violations()).toEqual([])
})

/** Loses everything that the broker has, and does what the runbook says then. */
async function emptyRedis({ coffer, postgres }: CofferUnderTest): Promise<void> {
  const { REDIS_URL } = coffer.urls
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(REDIS_URL).port) })
  socket.write('FLUSHALL\r\n')
  const [answer] = await once(socket, 'data')
  socket.destroy()
  await postgres.execute(sql`update messaging.relays set transaction_id = '0', outbox_id = 0`)
  const { code, stderr } = await runCoffer(['topics'], { MESSAGING: 'redis', REDIS_URL })

  expect([String(answer), code, stderr]).toEqual(['+OK\r\n', 0, ''])
}
