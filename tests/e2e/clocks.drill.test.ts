import { waitFor } from '@coffer/testkit/wait-for'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { cofferUnderTest } from './coffer-under-test.ts'
import { credits, keepPaying } from './keep-paying.ts'

const NODE_OPTIONS = `--import=${new URL('jumping-clock.ts', import.meta.url).href}`

/** Long enough for nobody to lose it who lives, however busy the machine is. */
const LEASE_MS = '5000'

test('leases hold and all is credited once though clocks jump by twenty minutes', async () => {
  await using under = await cofferUnderTest({
    ...{ name: 'clocks', users: 4, apps: ['api'], env: { LEASE_MS } },
  })
  const { apps, startApp } = under.coffer
  const jumping = { env: { NODE_OPTIONS } }
  const slow = await startApp('scanner', { ...jumping, name: 'slow' })
  slow.kill('SIGUSR2')
  await startApp('scanner', { ...jumping, name: 'fast' })
  await startApp('accounts', jumping)
  await startApp('accounts', {
    ...{ name: 'accounts-2', env: { NODE_OPTIONS, KAFKA_CLIENT: 'platformatic' } },
  })
  const lease = async () => {
    const [row] = await under.postgres.execute<{ holder: string; epoch: string }>(sql`
      select lease_holder as holder, lease_epoch as epoch from deposits.chains`)
    return row
  }
  const moreCredits = async (count: number) => {
    const before = await credits(under)
    const isMore = async () => (await credits(under)) >= before + count
    await waitFor(isMore, { what: `${count} more credits`, timeoutMs: 60_000 })
  }
  await using paying = keepPaying(under)
  await moreCredits(10)

  const before = await lease()
  for (let jump = 0; jump < 2; jump += 1) {
    for (const app of apps.values()) if (app.name !== 'api') app.kill('SIGUSR2')
    await moreCredits(20)
  }
  const after = await lease()
  slow.kill('SIGKILL')
  await slow.exited()
  await waitFor(async () => (await lease())?.epoch !== before?.epoch, { what: 'a takeover' })
  await moreCredits(10)
  await paying.stop()
  await under.settle()

  expect(after).toEqual(before)
  expect(await credits(under)).toBe(under.paid())
  expect(await under.violations()).toEqual([])
})
