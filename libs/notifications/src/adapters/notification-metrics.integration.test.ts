import { createMetrics } from '@coffer/telemetry/metrics'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { OPERATORS } from '../domain/notification.ts'
import { templateOf } from '../templates/templates.ts'
import { published } from '../testing/heard.ts'
import { webhooksUnderTest } from '../testing/webhooks-under-test.ts'
import { countNotifications, measureNotifications } from './notification-metrics.ts'
import { writeOperators } from './write-operators.ts'

test('what waits too long is measured, and what waits for nobody is not', async () => {
  await using under = await webhooksUnderTest()
  const { postgres } = under.database
  const metrics = createMetrics('test')
  measureNotifications(metrics, postgres)
  countNotifications(metrics)('email', 'sent')
  const asked = async () => {
    const lines = (await metrics.metrics()).split('\n')
    return lines.filter((line) => /^coffer_(notif|webhook)/.test(line))
  }
  await writeOperators(postgres, { email: undefined, locale: 'en' })
  const wanted = published(
    'withdrawal.requested',
    templateOf('withdrawal.requested')?.sample as never,
  )
  expect(await under.tell(wanted)).toEqual([])

  await writeOperators(postgres, { email: 'operators@example.com', locale: 'zh' })
  const [made] = await under.tell(
    published('withdrawal.requested', templateOf('withdrawal.requested')?.sample as never),
  )
  await postgres.execute(sql`
    update notifications.notifications set next_at = now() - interval '90 seconds'`)

  expect(made).toMatchObject({ way: 'email', target: OPERATORS })
  const told = (await asked()).join('\n')
  expect(told).toMatch(/overdue_seconds\{way="email",process="test"\} 9\d/)
  expect(told).toMatch(/overdue_seconds\{way="webhook",process="test"\} 0/)
  expect(told).toMatch(/notifications_total\{way="email",outcome="sent",process="test"\} 1/)
  expect(told).toMatch(/endpoints_disabled\{process="test"\} 0/)
})

test('for how long an endpoint has failed is measured, until it is disabled', async () => {
  await using under = await webhooksUnderTest()
  const { postgres } = under.database
  const metrics = createMetrics('test')
  measureNotifications(metrics, postgres)
  const failing = async (change: string) => {
    await postgres.execute(sql.raw(`update notifications.webhook_endpoints set ${change}`))
    return /^coffer_webhook_failing_seconds\S* (\d+)/m.exec(await metrics.metrics())?.[1]
  }
  await under.newEndpoint()
  await under.newEndpoint('/other')

  expect(await failing('failing_since = null')).toBe('0')
  expect(await failing(`failing_since = now() - interval '90 minutes'`)).toBe('5400')
  expect(await failing('disabled_at = now()')).toBe('0')
})
