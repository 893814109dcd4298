import { UNITS_MAX } from '@coffer/money/units'
import { expect, test } from 'vitest'
import type { Fact, Line, Measure } from '../domain/fact.ts'
import type { Statistics } from '../ports.ts'
import { type Sums, sumsOf } from './memory-statistics.ts'

export type StatisticsUnderTest = {
  statistics: Statistics
  sums(): Promise<Sums>
  nameOf(merchant: string): Promise<string | undefined>
}

const line = (measure: Measure, hour: number, amount: bigint): Line => ({
  measure,
  hour: new Date(Date.UTC(2026, 10, 21, hour)).toISOString(),
  ...{ asset: 'an asset', chain: 'a chain', channel: '', merchant: 'a merchant' },
  ...{ amount, fee: amount / 100n, tookMs: amount },
})

const fact = (noun: string, version: number, lines: Line[], eventId = `${version}`): Fact => ({
  noun,
  version,
  eventId,
  lines,
})

const created = line('payment.created', 1, 5n)

/** What all statistics promise. Each test has statistics of its own. */
export function statisticsContract(open: () => Promise<StatisticsUnderTest>): void {
  test('adds up what is said of each noun', async () => {
    const { statistics, sums } = await open()

    const counted = await statistics.count([fact('a', 1, [created]), fact('b', 1, [created])], [])

    expect(counted).toBe(2)
    expect(await sums()).toEqual(sumsOf([created, created]))
  })

  test('L20: counts an event once, however often it comes', async () => {
    const { statistics, sums } = await open()
    await statistics.count([fact('a', 1, [created])], [])

    expect(await statistics.count([fact('a', 1, [created]), fact('b', 1, [])], [])).toBe(1)

    expect(await sums()).toEqual(sumsOf([created]))
  })

  test('counts what is newer in place of what was counted before, in another hour too', async () => {
    const { statistics, sums } = await open()
    await statistics.count([fact('a', 1, [created])], [])
    const later = [created, line('payment.succeeded', 2, 5n)]
    await statistics.count([fact('a', 2, later)], [])
    expect(await sums()).toEqual(sumsOf(later))

    const failed = [created, line('payment.failed', 3, 5n)]
    await statistics.count([fact('a', 3, failed)], [])

    expect(await sums()).toEqual(sumsOf(failed))
  })

  test('passes over what is older than what was counted', async () => {
    const { statistics, sums } = await open()
    const later = [created, line('payment.succeeded', 2, 5n)]
    await statistics.count([fact('a', 2, later)], [])

    expect(await statistics.count([fact('a', 1, [created])], [])).toBe(0)

    expect(await sums()).toEqual(sumsOf(later))
  })

  test.each([
    ['x', 'y'],
    ['y', 'x'],
    ['B', 'a'],
    ['a', 'B'],
  ])('of two that contradict each other counts the same one, %s before %s', async (...ids) => {
    const { statistics, sums } = await open()
    for (const id of ids) {
      await statistics.count(
        [fact('a', 1, [line('refund.failed', 1, BigInt(id.charCodeAt(0)))], id)],
        [],
      )
    }

    const [greater = ''] = ids.toSorted((a, b) => (a > b ? -1 : 1))

    expect(await sums()).toEqual(sumsOf([line('refund.failed', 1, BigInt(greater.charCodeAt(0)))]))
  })

  test('adds up amounts of 2^256 - 1 to the last digit', async () => {
    const { statistics, sums } = await open()
    const all = line('deposit.confirmed', 1, UNITS_MAX)

    await statistics.count([fact('a', 1, [all]), fact('b', 1, [all]), fact('c', 1, [created])], [])

    expect(await sums()).toEqual(sumsOf([all, all, created]))
  })

  test('keeps the newest name of a merchant', async () => {
    const { statistics, nameOf } = await open()

    await statistics.count([], [{ id: 'm', version: 2, name: 'new' }])
    await statistics.count([], [{ id: 'm', version: 1, name: 'old' }])

    expect([await nameOf('m'), await nameOf('n')]).toEqual(['new', undefined])
  })
}
