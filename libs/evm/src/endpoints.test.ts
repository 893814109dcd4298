import { AppError } from '@coffer/errors/app-error'
import { describe, expect, test } from 'vitest'
import type { JsonRpc } from './json-rpc.ts'
import { NoEndpointError } from './pinned-work.ts'
import { ChainMismatchError } from './proven-chain.ts'
import { fakePool, ReaderError } from './testing/fake-pool.ts'
import { failing } from './testing/fake-rpc.ts'

/** Work of three calls; answers who answered each. */
const threeCalls = async (rpc: JsonRpc) => [
  await rpc.call('eth_one', []),
  await rpc.call('eth_two', []),
  ...(await rpc.batch([{ method: 'eth_three', params: [] }])),
]

describe('a piece of work', () => {
  test('is done with one endpoint, the best, whatever it asks', async () => {
    const { pool, b, c } = fakePool()

    expect(await pool.pin(threeCalls)).toEqual(['a', 'a', 'a'])
    expect([...b.asked, ...c.asked]).toEqual([])
  })

  test('is begun anew with another endpoint when one fails in its midst', async () => {
    const { pool, clock, a, told } = fakePool()
    a.answer = ({ method }) => (method === 'eth_three' ? failing.away() : 'a')

    expect(await clock.settle(pool.pin(threeCalls))).toEqual(['b', 'b', 'b'])
    expect(a.asked.map(({ method }) => method)).toEqual(['eth_one', 'eth_two', 'eth_three'])
    expect(told).toEqual(['a failed: connection'])
  })

  test('is begun anew when it finds that an answer can’t be true', async () => {
    const { pool, told } = fakePool()
    const work = async (rpc: JsonRpc) => {
      if (rpc.name === 'a') throw new ReaderError()
      return rpc.name
    }

    expect(await pool.pin(work)).toBe('b')
    expect(told).toEqual(['a failed: disproved'])
  })

  test('fails at once with what is no endpoint’s fault', async () => {
    const { pool, b } = fakePool()
    const bug = new TypeError('x is not a function')

    await expect(pool.pin(() => Promise.reject(bug))).rejects.toBe(bug)
    expect(b.asked).toEqual([])
  })

  test('is tried in rounds with pauses, and succeeds when one of them is back', async () => {
    const { pool, clock, a, b } = fakePool(2)
    b.answer = failing.away
    a.answer = () => (clock.nowMs() < 100 ? failing.away() : 'a')

    expect(await clock.settle(pool.pin((rpc) => rpc.call('eth_one', [])))).toBe('a')
    expect(clock.nowMs()).toBeGreaterThanOrEqual(100)
  })

  test('says who failed and how when nobody can do it', async () => {
    const { pool, clock, a, b } = fakePool(2)
    a.answer = failing.away
    b.answer = () => failing.status(503)

    const failure = await clock.settle(pool.pin(threeCalls)).catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(NoEndpointError)
    expect(failure).toMatchObject({ code: 'RPC_NO_ENDPOINT', retry: 'retry' })
    expect(String(failure)).toMatch(/in 8 attempts.*a: Asked.*no answer.*b: Asked.*status 503/)
  })

  test('ends in time when everybody is silent', async () => {
    const { pool, clock, a, b } = fakePool(2)
    a.answer = failing.silent
    b.answer = failing.silent

    const working = pool.pin(threeCalls, { timeoutMs: 15_000 })

    await expect(clock.settle(working)).rejects.toBeInstanceOf(NoEndpointError)
    expect(clock.nowMs()).toBe(15_000)
  })

  test('ends in time when it is its own fault, and may ask nothing more then', async () => {
    const { pool, clock, a } = fakePool(1)
    let late: unknown
    const work = async (rpc: JsonRpc) => {
      await clock.pause(90_000)
      late = await rpc.call('eth_late', []).catch((error: unknown) => error)
    }

    await expect(clock.settle(pool.pin(work))).rejects.toBeInstanceOf(NoEndpointError)
    await clock.advance(90_000)

    expect(late).toBeInstanceOf(AppError)
    expect(a.asked).toEqual([])
  })

  test('goes to another than those to be avoided, if there is another', async () => {
    const { pool } = fakePool(2)
    const name = async (rpc: JsonRpc) => rpc.name

    expect(await pool.pin(name, { avoid: ['a'] })).toBe('b')
    expect(await pool.pin(name, { avoid: ['a', 'b'] })).toBe('a')
  })

  test('goes to another while that is expected to be quicker', async () => {
    const { pool, clock, a, b } = fakePool(2, { concurrency: 1, concurrencyMax: 1 })
    const one = (rpc: JsonRpc) => rpc.call('eth_one', [])
    for (const fake of [a, b]) {
      fake.answer = async () => {
        await clock.pause(10)
        return fake.name
      }
    }
    await clock.settle(Promise.all([pool.pin(one), pool.pin(one, { avoid: ['a'] })]))

    const answers = await clock.settle(Promise.all(Array.from({ length: 33 }, () => pool.pin(one))))

    // Both are as fast, and the weight of `a` is ten times as much.
    expect(answers.filter((name) => name === 'a')).toHaveLength(30)
    expect(answers.filter((name) => name === 'b')).toHaveLength(3)
  })
})

describe('an endpoint that fails again and again', () => {
  const one = (rpc: JsonRpc) => rpc.call('eth_one', [])

  test('is left alone, and asked again once a probe was answered', async () => {
    const { pool, clock, a, told } = fakePool(2, { failuresMax: 3 })
    a.answer = failing.away
    const stopping = new AbortController()
    const watching = pool.watch(stopping.signal)

    await clock.advance(9_000)
    const asked = a.asked.length
    const without = await pool.pin(one)
    a.answer = () => 'a'
    await clock.advance(15_000)

    expect(without).toBe('b')
    expect(a.asked).toHaveLength(asked)
    expect(await pool.pin(one)).toBe('a')
    expect(told.filter((line) => line.startsWith('a is'))).toEqual(['a is open', 'a is closed'])
    stopping.abort()
    await watching
  })

  test('is asked after all when nobody else is left: nothing waits for a probe', async () => {
    const { pool, clock, a, b } = fakePool(2, { failuresMax: 1 })
    a.answer = failing.away
    b.answer = failing.away
    await expect(clock.settle(pool.pin(one))).rejects.toThrow(NoEndpointError)
    b.answer = () => 'b'
    a.answer = () => 'a'

    expect(await clock.settle(pool.pin(one))).toMatch(/^[ab]$/)
  })

  test('costs a silent endpoint’s time once, and then others come first', async () => {
    const { pool, clock, a } = fakePool(2)
    a.answer = failing.silent
    await clock.settle(pool.pin(one))
    const after = clock.nowMs()

    for (let work = 0; work < 10; work++) await clock.settle(pool.pin(one))

    // Its weight still brings it to mind now and then, until its circuit opens.
    expect(after).toBe(10_000)
    expect(clock.nowMs()).toBeLessThanOrEqual(50_000)
  })
})

describe('an endpoint of another chain', () => {
  test('is named when the chain is required', async () => {
    const { pool, b } = fakePool()
    b.chain = '0x89'

    const requiring = pool.requireChain()

    await expect(requiring).rejects.toBeInstanceOf(ChainMismatchError)
    await expect(requiring).rejects.toThrow(/^b says that it serves chain 137 .*eip155:1 is conf/)
  })

  test('is never asked anything, and the others are', async () => {
    const { pool, a, told } = fakePool(2)
    a.chain = '0x89'

    expect(await pool.pin(threeCalls)).toEqual(['b', 'b', 'b'])
    expect(a.asked).toEqual([])
    expect(told).toEqual(['a serves 0x89'])
    expect(pool.statuses()[0]).toMatchObject({ endpoint: 'a', foreign: true })
  })

  test.each([null, '', '0x', 'eip155:1', 1, {}])(
    'is none that answers %j: it is asked again',
    async (said) => {
      const { pool, a, clock } = fakePool(1)
      a.chain = said as string

      await expect(clock.settle(pool.pin(threeCalls))).rejects.toMatchObject({
        code: 'RPC_NO_ENDPOINT',
        retry: 'retry',
      })
      await pool.probe()
      a.chain = '0x1'

      expect(await clock.settle(pool.pin(threeCalls))).toEqual(['a', 'a', 'a'])
      expect(pool.statuses()[0]).toMatchObject({ foreign: false })
    },
  )

  test('is found out by a probe when it has changed since', async () => {
    const { pool, a, told } = fakePool(2)
    await pool.requireChain()
    a.chain = '0x89'

    await pool.probe()

    expect(told).toEqual(['a serves 0x89'])
    expect(await pool.pin(threeCalls)).toEqual(['b', 'b', 'b'])
  })

  test('is what is said when there are no others', async () => {
    const { pool, clock, a } = fakePool(1)
    a.chain = '0x89'

    await expect(clock.settle(pool.pin(threeCalls))).rejects.toBeInstanceOf(ChainMismatchError)
  })

  test('may be away when the chain is required, as long as one is there', async () => {
    const { pool, clock, a, b } = fakePool(2)
    a.answer = failing.away
    const one = pool.requireChain()
    await one
    b.answer = failing.away
    const fresh = fakePool(1)
    fresh.a.answer = failing.away

    await expect(clock.settle(fresh.pool.requireChain())).rejects.toBeInstanceOf(NoEndpointError)
  })
})

test('closes its clients', async () => {
  const { pool, a, b, c } = fakePool()

  await pool[Symbol.asyncDispose]()

  expect([a, b, c].map(({ disposed }) => disposed)).toEqual([true, true, true])
})
