import { expect, test } from 'vitest'
import { type Circuit, circuit } from './circuit.ts'

const options = { failuresMax: 3, openMs: 1_000, openMsMax: 4_000, random: () => 1 }

test('opens after so many failures in a row', () => {
  const endpoint = circuit(options)

  fail(endpoint, 2)
  endpoint.succeeded()
  fail(endpoint, 2)
  const before = endpoint.state(0)
  fail(endpoint, 1)

  expect([before, endpoint.state(0), endpoint.state(999)]).toEqual(['closed', 'open', 'open'])
  expect(endpoint.failures).toBe(3)
})

test('is open for twice as long each time that a trial fails, up to the longest', () => {
  const endpoint = circuit(options)
  const lasts: number[] = []
  let now = 0
  for (let opening = 0; opening < 4; opening++) {
    fail(endpoint, 3, now)
    const since = now
    while (endpoint.state(now) === 'open') now += 100
    lasts.push(now - since)
  }

  expect(lasts).toEqual([1_000, 2_000, 4_000, 4_000])
})

test('forgets everything once work succeeds', () => {
  const endpoint = circuit(options)
  fail(endpoint, 3)
  fail(endpoint, 1, 1_000)

  endpoint.succeeded()
  fail(endpoint, 3, 5_000)

  expect([endpoint.state(5_999), endpoint.state(6_000)]).toEqual(['open', 'half-open'])
})

test('closes when the endpoint answers again, and opens at the next failure of work', () => {
  const endpoint = circuit(options)
  fail(endpoint, 3)

  endpoint.answered(500)
  const early = endpoint.state(500)
  endpoint.answered(1_000)
  const closed = endpoint.state(1_000)
  fail(endpoint, 1, 1_000)

  expect([early, closed, endpoint.state(1_000)]).toEqual(['open', 'closed', 'open'])
})

test('is not kept open by work that was begun before', () => {
  const endpoint = circuit(options)
  fail(endpoint, 3)

  fail(endpoint, 10, 900)

  expect(endpoint.state(1_000)).toBe('half-open')
})

test('opens for half of the time at least, whatever chance says', () => {
  const endpoint = circuit({ ...options, random: () => 0 })
  fail(endpoint, 3)

  expect([endpoint.state(499), endpoint.state(500)]).toEqual(['open', 'half-open'])
})

function fail(endpoint: Circuit, times: number, nowMs = 0) {
  for (let failure = 0; failure < times; failure++) endpoint.failed(nowMs)
}
