import { expect, test } from 'vitest'
import { paced } from './paced.ts'

test('steps begin so far apart, and none waits for one that was long ago', async () => {
  let nowMs = 0
  const began: number[] = []
  const pause = async (ms: number) => {
    nowMs += ms
  }
  const step = paced(20, { nowMs: () => nowMs, pause })(async () => {
    began.push(nowMs)
    nowMs += 5
    return began.length
  })

  expect([await step(), await step()]).toEqual([1, 2])
  nowMs += 100
  await step()

  expect(began).toEqual([0, 20, 125])
})
