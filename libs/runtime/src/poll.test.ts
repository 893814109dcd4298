import { expect, test } from 'vitest'
import { poll, type StepResult } from './poll.ts'
import { type WakeUp, wakeUp } from './wake-up.ts'

const HOUR_MS = 3_600_000
const noError = (error: unknown) => expect.unreachable(String(error))

test('repeats a busy step at once, and none after it was stopped', async () => {
  const stopping = new AbortController()
  let steps = 0
  const step = async (): Promise<StepResult> => {
    steps += 1
    if (steps === 5) stopping.abort()
    return 'busy'
  }

  await poll(step, { idleMs: HOUR_MS, onError: noError })(stopping.signal)

  expect(steps).toBe(5)
})

test('ends an idle pause when it is stopped', async () => {
  const stopping = new AbortController()
  const step = async (): Promise<StepResult> => {
    queueMicrotask(() => stopping.abort())
    return 'idle'
  }

  const polling = poll(step, { idleMs: HOUR_MS, onError: noError })(stopping.signal)

  expect(await polling).toBeUndefined()
})

test('ends an idle pause when it is woken', async () => {
  const stopping = new AbortController()
  const stored = wakeUp()
  let steps = 0
  const step = async (): Promise<StepResult> => {
    steps += 1
    if (steps === 3) stopping.abort()
    setImmediate(stored.call)
    return 'idle'
  }

  await poll(step, { idleMs: HOUR_MS, onError: noError, wakeUp: stored })(stopping.signal)

  expect(steps).toBe(3)
})

test('pauses grow while there is nothing to do, up to the longest, and are short again', async () => {
  const stopping = new AbortController()
  const pauses: number[] = []
  const outcomes = Array<StepResult>(15).fill('idle').with(12, 'busy')
  const step = async (): Promise<StepResult> => outcomes.shift() ?? 'busy'
  const patient: WakeUp = {
    call() {},
    async wait(ms) {
      if (pauses.push(Math.round(ms)) === 14) stopping.abort()
    },
  }

  const options = { idleMs: 100, idleMaxMs: 500, onError: noError, wakeUp: patient }
  await poll(step, options)(stopping.signal)

  expect(pauses).toEqual([
    ...[100, 120, 144, 173, 207, 249, 299, 358, 430],
    ...[500, 500, 500, 100, 120],
  ])
})

test('goes on after failures, counts those in a row, and forgets them after a success', async () => {
  const stopping = new AbortController()
  const outcomes = ['fail', 'fail', 'busy', 'fail', 'stop']
  const attempts: number[] = []
  const step = async (): Promise<StepResult> => {
    const outcome = outcomes.shift()
    if (outcome === 'stop') stopping.abort()
    if (outcome === 'fail') throw new Error('away')
    return 'busy'
  }
  const onError = (error: unknown, attempt: number) => {
    expect(error).toEqual(new Error('away'))
    attempts.push(attempt)
  }

  await poll(step, { idleMs: HOUR_MS, onError, retryMaxMs: 1 })(stopping.signal)

  expect(attempts).toEqual([1, 2, 1])
})

test('ends with a fatal failure', async () => {
  const fatal = new Error('wrong chain')
  const step = () => Promise.reject(fatal)
  const isFatal = (error: unknown) => error === fatal

  const polling = poll(step, { idleMs: 1, onError: noError, isFatal })(new AbortController().signal)

  await expect(polling).rejects.toBe(fatal)
})

test('does nothing when it was stopped before it began', async () => {
  const step = async (): Promise<StepResult> => expect.unreachable('stopped')

  const polling = poll(step, { idleMs: 1, onError: noError })(AbortSignal.abort())

  expect(await polling).toBeUndefined()
})
