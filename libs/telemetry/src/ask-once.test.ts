import { expect, test } from 'vitest'
import { askOnce } from './ask-once.ts'

test('answers all who ask meanwhile alike, and asks anew afterwards', async () => {
  let times = 0
  const ask = askOnce(async () => {
    times += 1
    return times
  })

  expect(await Promise.all([ask(), ask()])).toEqual([1, 1])
  expect(await ask()).toBe(2)
})

test('a question that fails has no answer, and may be asked again', async () => {
  let isAway = true
  const ask = askOnce(async () => {
    if (isAway) throw new Error('away')
    return 'here'
  })

  expect(await ask()).toBe(undefined)
  isAway = false
  expect(await ask()).toBe('here')
})
