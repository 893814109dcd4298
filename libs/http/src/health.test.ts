import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readyAnswer } from './health.ts'

const probes = { live: () => true, metrics: async () => '' }

test('a process that was at work for longer than it may take is asked all the same', async () => {
  const ready = async () => {
    const answered = readFile(import.meta.filename)
    for (const until = performance.now() + 150; performance.now() < until; );
    await answered
    return { ready: true, checks: {} }
  }

  expect(await readyAnswer({ ...probes, ready }, 100)).toMatchObject({ status: 200 })
})

test('a check that hangs is no answer', async () => {
  const ready = () => Promise.withResolvers<never>().promise

  expect(await readyAnswer({ ...probes, ready }, 20)).toEqual({
    status: 503,
    body: { ready: false, checks: { ready: 'no answer within 20 ms' } },
  })
})
