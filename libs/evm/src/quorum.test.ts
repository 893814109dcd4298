import { parseChainId } from '@coffer/money/chain-id'
import { describe, expect, test } from 'vitest'
import { openEndpoints } from './endpoints.ts'
import type { JsonRpc } from './json-rpc.ts'
import { QuorumError, quorum } from './quorum.ts'
import { fakePool, ReaderError } from './testing/fake-pool.ts'
import { failing, fakeRpc } from './testing/fake-rpc.ts'

const hashAt = (rpc: JsonRpc) => rpc.call('eth_hash', [])

describe('a quorum', () => {
  test('is what so many endpoints say alike, and asks no more than that', async () => {
    const { pool, a, b, c } = fakePool()
    for (const each of [a, b, c]) each.answer = () => '0xaa'

    expect(await pool.quorum(2, hashAt)).toBe('0xaa')
    expect([a, b, c].map(({ asked }) => asked.length)).toEqual([1, 1, 0])
  })

  test('asks one more for each that says otherwise, and tells of it', async () => {
    const { pool, a, b, c, told } = fakePool()
    a.answer = () => ({ hash: '0xbb', number: 7n })
    for (const each of [b, c]) each.answer = () => ({ hash: '0xaa', number: 7n })

    expect(await pool.quorum(2, hashAt)).toEqual({ hash: '0xaa', number: 7n })
    expect(told).toEqual(['a said {"hash":"0xbb","number":"7"}, not {"hash":"0xaa","number":"7"}'])
  })

  test('has one that says otherwise asked only after the others, for a while', async () => {
    const { pool, clock, a, b, c } = fakePool(3, { distrustMs: 60_000 })
    a.answer = () => '0xbb'
    for (const each of [b, c]) each.answer = () => '0xaa'
    const best = () => pool.pin(async (rpc) => rpc.name)
    expect(await best()).toBe('a')

    await pool.quorum(2, hashAt)

    expect(await best()).toBe('b')
    await clock.advance(60_000)
    expect(await best()).toBe('a')
    pool.distrust('a')
    expect(await best()).toBe('b')
  })

  test('asks one more for each that fails', async () => {
    const { pool, clock, a, b, c } = fakePool()
    a.answer = failing.away
    for (const each of [b, c]) each.answer = () => '0xaa'

    expect(await clock.settle(pool.quorum(2, hashAt))).toBe('0xaa')
  })

  test('says who said what when it is not reached', async () => {
    const { pool, clock, a, b, c } = fakePool()
    a.answer = () => '0xaa'
    b.answer = () => '0xbb'
    c.answer = failing.away

    const failure = await clock.settle(pool.quorum(2, hashAt)).catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(QuorumError)
    expect(failure).toMatchObject({ code: 'RPC_QUORUM', retry: 'retry' })
    expect(String(failure)).toMatch(/No 2 endpoints.*a says "0xaa"; b says "0xbb"; c fails \(Asked/)
  })

  test('may go by what the asker calls the same', async () => {
    const { pool, a, b } = fakePool(2)
    a.answer = () => '0xAA'
    b.answer = () => '0xaa'
    const agree = (one: unknown, other: unknown) =>
      String(one).toLowerCase() === String(other).toLowerCase()

    expect(await pool.quorum(2, hashAt, { agree })).toBe('0xAA')
  })

  test('counts one that does not know as no vote', async () => {
    const { pool, a, b, c } = fakePool()
    a.answer = () => null
    for (const each of [b, c]) each.answer = () => '0xaa'
    const known = async (rpc: JsonRpc) => {
      const hash = await hashAt(rpc)
      if (hash === null) throw new ReaderError()
      return hash
    }

    expect(await pool.quorum(2, known)).toBe('0xaa')
  })

  test('ends in time when everybody is silent', async () => {
    const { pool, clock, a, b, c } = fakePool()
    for (const each of [a, b, c]) each.answer = failing.silent

    const asking = pool.quorum(2, hashAt, { timeoutMs: 5_000 })

    await expect(clock.settle(asking)).rejects.toBeInstanceOf(QuorumError)
    expect(clock.nowMs()).toBe(5_000)
  })

  test('leaves out an endpoint of another chain', async () => {
    const { pool, a, b, c } = fakePool()
    a.chain = '0x89'
    for (const each of [a, b, c]) each.answer = () => '0xaa'

    expect(await pool.quorum(2, hashAt)).toBe('0xaa')
    expect(a.asked).toEqual([])
  })

  test('of more than there are hosts is a mistake', async () => {
    const same = [fakeRpc('one'), fakeRpc('one')]
    await using pool = openEndpoints({
      chain: parseChainId('eip155:1'),
      clients: same.map((rpc) => ({ rpc })),
    })

    await expect(pool.quorum(2, hashAt)).rejects.toThrow(/quorum of 2 can't be had of 1 host/)
    expect(await pool.quorum(1, hashAt)).toBe('one')
    expect(pool.statuses().map(({ endpoint }) => endpoint)).toEqual(['one', 'one#2'])
  })

  test('can’t be had when too few serve the chain, which is no mistake', async () => {
    const { pool, clock, a, b } = fakePool(2)
    a.chain = '0x89'
    b.answer = () => '0xaa'
    await clock.settle(pool.probe())

    await expect(clock.settle(pool.quorum(2, hashAt))).rejects.toBeInstanceOf(QuorumError)
  })

  test('is not had of two endpoints of one host, though they say the same', async () => {
    const asked: string[] = []
    const witness = (name: string, host: string, said: string) => ({
      name,
      host,
      ask: async () => {
        asked.push(name)
        return said
      },
    })
    const witnesses = [
      witness('one#1', 'one', '0xbb'),
      witness('one#2', 'one', '0xbb'),
      witness('two', 'two', '0xaa'),
    ]
    const agree = (one: string, other: string) => one === other

    const asking = quorum({ witnesses, needed: 2, agree, onDisagreed: () => undefined })

    await expect(asking).rejects.toBeInstanceOf(QuorumError)
    expect(asked).toEqual(['one#1', 'two'])
  })

  test('fails at once with what is no endpoint’s fault', async () => {
    const { pool } = fakePool()
    const bug = new TypeError('x is not a function')

    await expect(pool.quorum(2, () => Promise.reject(bug))).rejects.toBe(bug)
  })
})
