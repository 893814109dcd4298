import { memoryJobs } from '@coffer/jobs/testing/memory-jobs'
import { silentLogger } from '@coffer/telemetry/logger'
import { expect, test } from 'vitest'
import { laneJobs } from './jobs.ts'

test('L14: while one endpoint takes its time, others are sent to', async () => {
  const stopping = new AbortController()
  const slow = Promise.withResolvers<undefined>()
  const ends = ['a', 'b', 'c'].map((id) => [id, Promise.withResolvers<void>()] as const)
  const byId = new Map(ends)
  const work = laneJobs({
    queue: memoryJobs(),
    due: async () => ['slow', 'slower', ...byId.keys()].map((id) => ({ id })),
    deliverWebhooks: (id) => {
      byId.get(id)?.resolve()
      return byId.has(id) ? Promise.resolve(undefined) : slow.promise
    },
    everyMs: 60_000,
    logger: silentLogger,
  })

  const running = work(stopping.signal)
  await Promise.all(ends.map(([, { promise }]) => promise))

  stopping.abort()
  slow.resolve(undefined)
  await expect(running).resolves.toBeUndefined()
})

test('an endpoint that says when it is to be tried again is woken for then', async () => {
  const stopping = new AbortController()
  const again = Promise.withResolvers<void>()
  let calls = 0
  const work = laneJobs({
    queue: memoryJobs(),
    due: async () => (calls === 0 ? [{ id: 'a' }] : []),
    deliverWebhooks: async () => {
      calls += 1
      if (calls === 1) return 20
      again.resolve()
      return undefined
    },
    everyMs: 60_000,
    logger: silentLogger,
  })

  const running = work(stopping.signal)
  await again.promise

  stopping.abort()
  await running
  expect(calls).toBe(2)
})
