import { expect, test } from 'vitest'
import { waitFor } from './wait-for.ts'

test('returns what the condition answers once that is truthy', async () => {
  const answers = [undefined, 0, 'ready']

  expect(await waitFor(() => answers.shift(), { what: 'readiness', intervalMs: 1 })).toBe('ready')
})

test('says what it waited for and what it saw last', async () => {
  const waiting = waitFor(() => 0, { what: 'a deposit', timeoutMs: 5, intervalMs: 1 })

  await expect(waiting).rejects.toThrow(
    'Still waiting for a deposit after 5 ms. The last look was 0.',
  )
})

test('keeps the error of the last look as the cause', async () => {
  const error = new Error('connection refused')
  const waiting = waitFor(() => Promise.reject(error), {
    what: 'the API',
    timeoutMs: 5,
    intervalMs: 1,
  })

  await expect(waiting).rejects.toMatchObject({ cause: error })
})
