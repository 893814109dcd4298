import { expect, test } from 'vitest'
import { wakeUp } from './wake-up.ts'

const HOUR_MS = 3_600_000
const never = new AbortController().signal

test('a call ends the wait', async () => {
  const stored = wakeUp()
  const waiting = stored.wait(HOUR_MS, never)

  stored.call()

  expect(await waiting).toBeUndefined()
})

test('a call while nobody waits ends the next wait at once, and only that one', async () => {
  const stored = wakeUp()
  stored.call()
  stored.call()
  await stored.wait(HOUR_MS, never)

  const stopping = new AbortController()
  let ended = false
  const waiting = stored.wait(HOUR_MS, stopping.signal).then(() => {
    ended = true
  })
  await new Promise(setImmediate)
  expect(ended).toBe(false)

  stopping.abort()
  await waiting
})

test('a call is not lost that comes while the waiter works', async () => {
  const stored = wakeUp()
  const first = stored.wait(HOUR_MS, never)
  stored.call()
  await first

  stored.call()

  expect(await stored.wait(HOUR_MS, never)).toBeUndefined()
})

test('a wait ends when its time is over or its signal aborts', async () => {
  const stored = wakeUp()

  expect(await stored.wait(1, never)).toBeUndefined()
  expect(await stored.wait(HOUR_MS, AbortSignal.abort())).toBeUndefined()
})
