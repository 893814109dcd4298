import { expect, test } from 'vitest'
import { sentTogether } from './sent-together.ts'

test('answers in the order of the statements, whichever is answered first', async () => {
  const first = Promise.withResolvers<string>()
  const answers = sentTogether([first.promise, Promise.resolve(2)])

  first.resolve('one')

  expect(await answers).toEqual(['one', 2])
})

test('throws what the first that failed throws, and not before all are answered', async () => {
  const [first, last] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  let ended = false
  const answers = sentTogether([first.promise, Promise.reject(new Error('aborted')), last.promise])
  const outcome = answers.catch((error: unknown) => error).finally(() => (ended = true))

  first.reject(new Error('the lease was lost'))
  await Promise.allSettled([first.promise])
  const before = ended
  last.resolve('three')

  expect(await outcome).toEqual(new Error('the lease was lost'))
  expect(before).toBe(false)
})
