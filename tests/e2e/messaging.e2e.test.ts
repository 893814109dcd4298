import { expect, test } from 'vitest'
import { cofferUnderTest } from './coffer-under-test.ts'
import { credits, keepPaying } from './keep-paying.ts'

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
  const stopPaying = keepPaying(under)
  for (const app of ['accounts', 'scanner'] as const) {
    apps.get(app)?.kill('SIGKILL')
    await apps.get(app)?.exited()
    await startApp(app)
  }
  // What a dead Kafka does is tried beside its adapters, at less cost.
  if (name === 'redis') {
    await stack.part('redis').kill()
    await stack.part('redis').start()
  }
  await stopPaying()
  await under.settle()

  expect(await credits(under)).toBe(under.paid())
  expect(await under.violations()).toEqual([])
})
