import { expect, test } from 'vitest'
import type { StepResult } from './poll.ts'
import { rightOfWay } from './right-of-way.ts'

let nowMs = 0
const clock = { nowMs: () => nowMs }
const way = () => rightOfWay({ clock, quietMs: 100, waitMsMax: 1_000 })
const busy = async (): Promise<StepResult> => 'busy'
const idle = async (): Promise<StepResult> => 'idle'

test('what gives way waits for a pause after each busy step, and does not mind idle ones', async () => {
  const { goingFirst, givingWay } = way()
  const second = givingWay(busy)
  expect(await second()).toBe('busy')

  await goingFirst(busy)()
  nowMs += 99
  expect(await second()).toBe('idle')
  await goingFirst(idle)()
  nowMs += 1

  expect(await second()).toBe('busy')
})

test('it waits while a step is under way, and no longer once that has failed', async () => {
  const { goingFirst, givingWay } = way()
  const second = givingWay(busy)
  const step = Promise.withResolvers<StepResult>()
  const first = goingFirst(() => step.promise)()
  expect(await second()).toBe('idle')

  step.reject(new Error('away'))
  await expect(first).rejects.toThrow('away')

  expect(await second()).toBe('busy')
})

test('without a pause it does one step each time it has waited as long as it may', async () => {
  const { goingFirst, givingWay } = way()
  const second = givingWay(busy)
  const results: StepResult[] = []
  for (let step = 0; step < 40; step += 1) {
    await goingFirst(busy)()
    nowMs += 50
    results.push(await second())
  }

  expect(results.filter((result) => result === 'busy')).toHaveLength(1)
  expect(results.indexOf('busy')).toBe(20)
})

test('what has to catch up goes on, once it is late, until nothing is left to do', async () => {
  const { goingFirst, catchingUp } = way()
  let left = 0
  const second = catchingUp(async () => (left-- > 0 ? 'busy' : 'idle'))
  await second()
  left = 3
  const results: StepResult[] = []
  for (let step = 0; step < 30; step += 1) {
    await goingFirst(busy)()
    nowMs += 50
    results.push(await second())
  }

  expect(results.indexOf('busy')).toBe(20)
  expect(results.slice(20, 25)).toEqual(['busy', 'busy', 'busy', 'idle', 'idle'])
  expect(left).toBe(-1)
})

test('what has caught up waits anew', async () => {
  const { goingFirst, catchingUp } = way()
  let steps = 0
  const second = catchingUp(async () => {
    steps += 1
    return 'idle'
  })
  nowMs += 5_000
  await second()
  nowMs += 5_000
  await goingFirst(busy)()

  expect(await second()).toBe('idle')
  expect(steps).toBe(1)
})
