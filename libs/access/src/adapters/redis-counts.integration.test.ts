import { randomUUID } from 'node:crypto'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { startTcpProxy } from '@coffer/testkit/tcp-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'
import { redisCounts } from './redis-counts.ts'

test('adds to one count for all, which is forgotten by itself', async () => {
  await using one = redisCounts(stackUrls().REDIS_URL)
  await using other = redisCounts(stackUrls().REDIS_URL)
  const name = randomUUID()
  const adding = async (counts: typeof one) => {
    let total: number | undefined
    const isDone = async () => {
      total = await counts.add(name, 5).catch(() => undefined)
      return total !== undefined
    }
    await waitFor(isDone, { what: 'Redis to count' })
    return total
  }

  expect([await adding(one), await adding(other), await adding(one)]).toEqual([5, 10, 15])
})

test('A4: fails at once while Redis is away, and counts again when it is back', async () => {
  const { hostname: host, port } = new URL(stackUrls().REDIS_URL)
  await using proxy = await startTcpProxy({ host, port: Number(port) })
  await using counts = redisCounts(`redis://127.0.0.1:${proxy.port}`)
  const counted = () => counts.add(randomUUID(), 1).catch(() => undefined)
  const isCounting = async () => (await counted()) === 1

  await waitFor(isCounting, { what: 'Redis to count' })
  proxy.add((_chunk, _direction, wire) => {
    wire.reset()
    return []
  })
  await waitFor(async () => !(await isCounting()), { what: 'the connection to be lost' })
  await expect(counts.add('name', 1)).rejects.toThrow()
  proxy.heal()
  await waitFor(isCounting, { what: 'Redis to count again' })
})
