import { silentLogger } from '@coffer/telemetry/logger'
import { expect, test } from 'vitest'
import type { JobQueue } from './ports.ts'
import { runJobs } from './run-jobs.ts'

/** Takes every job, and gives none out: as one whose worker was killed does for a while. */
const silentQueue: JobQueue = {
  add: async () => undefined,
  run: (_, { signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  [Symbol.asyncDispose]: async () => undefined,
}

test('does by itself what the queue should have given out long ago, and nothing else', async () => {
  const stopping = new AbortController()
  const handled: string[] = []
  const due = async () => [
    { id: 'long ago', dueAt: new Date(Date.now() - 1_000) },
    { id: 'a moment ago', dueAt: new Date() },
  ]
  const handle = async (id: string) => {
    handled.push(id)
    stopping.abort()
  }

  const work = runJobs({
    ...{ queue: silentQueue, name: 'test', due, handle, logger: silentLogger },
    everyMs: 100,
  })
  await work(stopping.signal)

  expect(handled).toEqual(['long ago'])
})
