import { expect, test } from 'vitest'
import { missedFigures } from './required-figures.ts'

const met = { transfersPerSecond: 20_000, ratio: 0.6 }

test('asks for nothing that is met, exactly or by far', () => {
  expect(missedFigures('catch-up', met)).toEqual([])
  expect(missedFigures('catch-up', { ...met, transfersPerSecond: 50_000 })).toEqual([])
})

test('names each figure that is below or above what is required', () => {
  expect(missedFigures('catch-up', { ...met, ratio: 0.59 })).toEqual([
    'catch-up: ratio is 0.59, required is at least 0.6',
  ])
  expect(missedFigures('watch-set', { rssMb: 401, loadSeconds: 1, lookupNs: 201 })).toEqual([
    'watch-set: rssMb is 401, required is at most 400',
    'watch-set: lookupNs is 201, required is at most 200',
  ])
})

test('requires of what is compared that it is equal, however fast it was', () => {
  const rebuilt = { transactionsPerSecond: 50_000, equal: true }

  expect(missedFigures('rebuild', rebuilt)).toEqual([])
  expect(missedFigures('rebuild', { ...rebuilt, equal: false })).toEqual([
    'rebuild: equal is false, required is true',
  ])
})

test('takes a figure that was not measured for one that is not met', () => {
  expect(missedFigures('catch-up', { ...met, ratio: Number.NaN })).toHaveLength(1)
  expect(missedFigures('catch-up', {})).toHaveLength(2)
})

test('requires nothing of a benchmark that has no such figures', () => {
  expect(missedFigures('verify', {})).toEqual([])
})
