import { AppError, type Retry } from '@coffer/errors/app-error'
import { expect, test } from 'vitest'
import { onceMore } from './once-more.ts'

/** Fails so often, then tells how often it was asked. */
function failing(times: number, error: Error) {
  let asked = 0
  return async () => {
    asked += 1
    if (asked <= times) throw error
    return asked
  }
}

class TroubleError extends AppError {
  readonly code = 'TEST_TROUBLE'
}

const errorToTry = (retry: Retry) => new TroubleError('The node has trouble.', { retry })

test('asks again where no answer came', async () => {
  expect(await onceMore(failing(1, errorToTry('retry')))).toBe(2)
})

test.each([
  ['what is refused', 1, errorToTry('never')],
  ['what nobody expected', 1, new Error('A bug.')],
  ['what fails twice', 2, errorToTry('retry')],
])('throws %s', async (_, times, error) => {
  await expect(onceMore(failing(times, error))).rejects.toBe(error)
})
