import { describe, expect, test } from 'vitest'
import type { JsonRpc } from './json-rpc.ts'
import { fakePool } from './testing/fake-pool.ts'
import { failing } from './testing/fake-rpc.ts'

const one = (rpc: JsonRpc) => rpc.call('eth_one', [])
const calls = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ method: 'eth_many', params: [index] }))

describe('an endpoint with too many requests', () => {
  test('is left alone for as long as it asks, and others are asked meanwhile', async () => {
    const { pool, clock, a, told } = fakePool(2)
    a.answer = () => failing.status(429, 7_000)
    const first = await clock.settle(pool.pin(one))
    a.answer = () => 'a'
    await clock.advance(6_000)
    const held = await pool.pin(one)
    await clock.advance(1_000)
    const after = await clock.settle(pool.pin(one))

    expect([first, held, after]).toEqual(['b', 'b', 'a'])
    expect(told).toEqual(['a failed: busy'])
  })

  test('is waited for when there is no other', async () => {
    const { pool, clock, a } = fakePool(1)
    a.answer = () => (clock.nowMs() < 7_000 ? failing.status(429, 7_000) : 'a')

    expect(await clock.settle(pool.pin(one))).toBe('a')
    expect(clock.nowMs()).toBeGreaterThanOrEqual(7_000)
    expect(clock.nowMs()).toBeLessThan(7_500)
    expect(a.asked).toHaveLength(1)
  })

  test('is sent fewer, at once and a second, and more again when it bears them', async () => {
    const { pool, clock, a } = fakePool(1, { concurrency: 8, concurrencyMax: 16 })
    a.answer = async () => {
      await clock.pause(10)
      return 'a'
    }
    const many = (count: number) =>
      clock.settle(Promise.all(Array.from({ length: count }, () => pool.pin(one))))
    await many(200)
    const before = pool.statuses()[0]
    a.answer = () => failing.status(429)
    await pool.pin(one, { timeoutMs: 1 }).catch(() => undefined)
    const after = pool.statuses()[0]

    expect(before).toMatchObject({ concurrency: 16, rate: Number.POSITIVE_INFINITY })
    expect(after?.concurrency).toBe(8)
    expect(after?.rate).toBeLessThan(2_000)
  })

  test('never has more in flight than it bears', async () => {
    const { pool, clock, a } = fakePool(1, { concurrency: 3, concurrencyMax: 3 })
    let inFlight = 0
    let most = 0
    a.answer = async () => {
      inFlight += 1
      most = Math.max(most, inFlight)
      await clock.pause(10)
      inFlight -= 1
      return 'a'
    }

    await clock.settle(Promise.all(Array.from({ length: 20 }, () => pool.pin(one))))

    expect(most).toBe(3)
  })

  test('lets nobody wait in line for longer than a request may take', async () => {
    const { pool, clock, a } = fakePool(1, { concurrency: 1, concurrencyMax: 1, rounds: 1 })
    a.answer = failing.silent

    const working = [pool.pin(one), pool.pin(one), pool.pin(one)]
    const ended = await clock.settle(Promise.allSettled(working))

    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(clock.nowMs()).toBeLessThanOrEqual(40_000)
  })
})

describe('a batch', () => {
  test('is divided as the endpoint bears it, and answered in order', async () => {
    const { pool, a } = fakePool(1, { batchCallsMax: 64 })
    a.batch = async (batch) => {
      a.batches.push(batch.length)
      if (batch.length > 10) failing.refused(-32600, 'batch too large', 'eth_many')
      return batch.map(({ params }) => params[0])
    }
    const first = await pool.rpc.batch(calls(100))
    a.batches.length = 0
    const second = await pool.rpc.batch(calls(100))

    expect(first).toEqual(calls(100).map(({ params }) => params[0]))
    expect(second).toEqual(first)
    expect(Math.max(...a.batches)).toBe(8)
    expect(pool.statuses()[0]?.batchCalls).toBe(8)
  })

  test('is not divided because of a range of logs that is too long', async () => {
    const { pool, clock, a } = fakePool(1, { rounds: 1 })
    a.batch = async (batch) => {
      a.batches.push(batch.length)
      return failing.refused(-32005, 'query returned more than 10000 results', 'eth_getLogs')
    }

    const asking = pool.rpc.batch(calls(8))

    await expect(clock.settle(asking)).rejects.toThrow(/more than 10000 results/)
    expect(a.batches).toEqual([8])
    expect(pool.statuses()[0]).toMatchObject({ circuit: 'closed', failures: 0, batchCalls: 200 })
  })
})

test('ranges of logs are learned for each endpoint by itself', async () => {
  const { pool } = fakePool(2, { logBlocksMax: 1_000 })

  await pool.pin(async ({ logBlocks }) => logBlocks.refused(logBlocks.size()))

  expect(pool.statuses().map(({ logBlocks }) => logBlocks)).toEqual([500, 1_000])
})
