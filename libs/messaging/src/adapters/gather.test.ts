import { expect, test } from 'vitest'
import { gather } from './gather.ts'

test('hands over together what was given at once, and what comes meanwhile together later', async () => {
  const rounds: number[][] = []
  const more: Promise<void>[] = []
  const add = gather<number>(async (items) => {
    rounds.push(items)
    if (rounds.length === 1) more.push(add(4), add(5))
  })

  await Promise.all([add(1), add(2), add(3)])
  await Promise.all(more)

  expect(rounds).toEqual([
    [1, 2, 3],
    [4, 5],
  ])
})

test('fails those whose round failed and goes on with the next', async () => {
  const add = gather<string>(async (items) => {
    if (items.includes('bad')) throw new Error('bad round')
  })

  const outcomes = await Promise.allSettled([add('bad'), add('with it')])
  await add('later')

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('runs one round at a time', async () => {
  let running = 0
  let most = 0
  const add = gather<number>(async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise(setImmediate)
    running -= 1
  })

  await add(1)
  await Promise.all([add(2), add(3).then(() => add(4))])

  expect(most).toBe(1)
})
