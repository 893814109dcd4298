import { randomUUID } from 'node:crypto'
import { startStack } from '@coffer/devstack/start-stack'
import { silentLogger } from '@coffer/telemetry/logger'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { waitFor } from '@coffer/testkit/wait-for'
import { describe, expect, test } from 'vitest'
import type { Job } from '../ports.ts'
import { runJobs } from '../run-jobs.ts'
import { jobsContract } from '../testing/jobs-contract.ts'
import { bullmqJobs, JobsUnavailableError } from './bullmq-jobs.ts'

const open = (url: string) =>
  bullmqJobs({ url, queue: 'test', prefix: randomUUID(), logger: silentLogger })

describe('a queue of BullMQ', () => {
  jobsContract(() => open(stackUrls().REDIS_URL))
})

test('what is due is done though Redis is killed, started empty and flushed', async () => {
  await using stack = await startStack({ parts: ['redis'] })
  const queue = open(stack.urls.REDIS_URL)
  const due = new Map<string, Job>()
  const done: string[] = []
  const stop = new AbortController()
  const working = runJobs({
    queue,
    name: 'test',
    due: async () => [...due.values()],
    handle: async (id) => {
      if (due.delete(id)) done.push(id)
    },
    everyMs: 100,
    logger: silentLogger,
  })(stop.signal)
  const isDone = async (id: string) => {
    due.set(id, { id })
    await waitFor(() => done.includes(id), { what: `${id} to be done` })
  }

  await isDone('before')
  await stack.part('redis').kill()
  await expect(queue.add([{ id: 'away' }])).rejects.toThrow(JobsUnavailableError)
  await isDone('while it is away')
  await stack.part('redis').start()
  await waitFor(() => queue.add([]).then(() => true), { what: 'Redis to be back' })
  await isDone('when it is back')
  await flushAll(stack.urls.REDIS_URL)
  await isDone('after a flush')
  stop.abort()
  await working
  await queue[Symbol.asyncDispose]()

  expect(done).toEqual(['before', 'while it is away', 'when it is back', 'after a flush'])
})

async function flushAll(url: string): Promise<void> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url)
  await redis.flushall()
  redis.disconnect()
}
