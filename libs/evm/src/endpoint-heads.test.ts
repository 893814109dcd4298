import { describe, expect, test } from 'vitest'
import type { JsonRpc } from './json-rpc.ts'
import { fakePool, ReaderError } from './testing/fake-pool.ts'
import { failing } from './testing/fake-rpc.ts'

const name = async (rpc: JsonRpc) => rpc.name

describe('an endpoint that lags', () => {
  test('is passed over when it is too many blocks behind', async () => {
    const { pool, a, b, c } = fakePool(3, { lagBlocksMax: 3 })
    ;[a.head, b.head, c.head] = [97n, 100n, 100n]
    await pool.probe()
    const near = await pool.pin(name)
    a.head = 96n
    await pool.probe()

    expect([near, await pool.pin(name)]).toEqual(['a', 'b'])
    expect(pool.statuses().map(({ lagBlocks }) => lagBlocks)).toEqual([4n, 0n, 0n])
  })

  test('is passed over when it has been behind at all for too long', async () => {
    const { pool, clock, a, b } = fakePool(2, { lagMsMax: 15_000, lagBlocksMax: 3 })
    ;[a.head, b.head] = [100n, 101n]
    await pool.probe()
    await clock.advance(15_000)
    const patient = await pool.pin(name)
    await clock.advance(1)
    const impatient = await pool.pin(name)
    a.head = 101n
    await pool.probe()

    expect([patient, impatient, await pool.pin(name)]).toEqual(['a', 'b', 'a'])
  })

  test('is asked all the same when the others fail', async () => {
    const { pool, clock, a, b } = fakePool(2)
    a.head = 1n
    await pool.probe()
    b.answer = failing.away

    const answer = await clock.settle(pool.pin((rpc) => rpc.call('eth_one', [])))

    expect(answer).toBe('a')
  })

  test('comes later for a block that it doesn’t have yet', async () => {
    const { pool, a, b } = fakePool(2)
    ;[a.head, b.head] = [100n, 101n]
    await pool.probe()

    expect(await pool.pin(name, { height: 100n })).toBe('a')
    expect(await pool.pin(name, { height: 101n })).toBe('b')
    expect(await pool.pin(name, { height: 102n })).toBe('a')
  })
})

describe('an endpoint that lies about its head', () => {
  test('is passed over, and its head not gone by, where two others know better', async () => {
    const { pool, a } = fakePool(3)
    a.head = 1_000_000_000n
    await pool.probe()

    expect(pool.head()).toBe(100n)
    expect(await pool.pin(name)).toBe('b')
  })

  test('is left alone as soon as work with it has failed, where there is one other', async () => {
    const { pool, clock, a } = fakePool(2, { failuresMax: 3 })
    a.head = 1_000_000_000n
    await pool.probe()
    const heads: unknown[] = [pool.head()]
    const answers: string[] = []
    for (let work = 0; work < 4; work++) {
      const working = pool.pin(async (rpc) => {
        // What it says to have, it doesn't.
        if (rpc.name === 'a') throw new ReaderError()
        return rpc.name
      })
      answers.push(await clock.settle(working))
    }
    heads.push(pool.head())

    expect(answers).toEqual(['b', 'b', 'b', 'b'])
    expect(heads).toEqual([1_000_000_000n, 100n])
    expect(await pool.pin(name)).toBe('b')
  })
})

test('a head that goes back is told of, and followed', async () => {
  const { pool, a, told } = fakePool(1)
  await pool.probe()
  a.head = 90n

  await pool.probe()

  expect(told).toEqual(['a went from 100 to 90'])
  expect(pool.head()).toBe(90n)
})

test('heads are learned from what work asks, too', async () => {
  const { pool, a } = fakePool(1)
  const polled = { method: 'eth_getBlockByNumber', params: ['latest', false] }

  await pool.rpc.batch([polled])
  const first = pool.head()
  a.head = 101n
  await pool.rpc.call(polled.method, polled.params)

  expect([first, pool.head()]).toEqual([100n, 101n])
})

test.each(['0x', '12', '0xzz', `0x${'f'.repeat(17)}`, 7, null])('%j is no head', async (number) => {
  const { pool, a } = fakePool(1)
  a.answer = () => number

  expect(await pool.pin((rpc) => rpc.call('eth_blockNumber', []))).toBe(number)
  expect(pool.head()).toBeUndefined()
})
