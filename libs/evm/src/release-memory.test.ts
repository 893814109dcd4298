import { expect, test } from 'vitest'
import { AFTER_JSON, padded } from './json-reader.ts'
import { releaseMemory } from './release-memory.ts'

/** An answer as it comes from a node: in memory of its own, with zeros behind it. */
function answered(text: string): Buffer {
  const whole = Buffer.allocUnsafeSlow(text.length + AFTER_JSON)
  const end = whole.write(text)
  return whole.fill(0, end).subarray(0, end)
}

test('gives back the memory of an answer, however often it is told to', () => {
  const answer = answered('[1]')

  releaseMemory(answer)
  releaseMemory(answer)

  expect(answer.buffer.byteLength).toBe(0)
})

test('gives it back by the bytes that were read of it', () => {
  const answer = answered('[1]')

  releaseMemory(padded(answer))

  expect(answer.buffer.byteLength).toBe(0)
})

test('leaves memory alone that others share', () => {
  const [shared, part] = [Buffer.from('[1]'), answered('[1, 2]').subarray(1)]

  releaseMemory(shared)
  releaseMemory(part)

  expect(shared.toString()).toBe('[1]')
  expect(part.toString()).toBe('1, 2]')
})

test('reads an answer where it lies if nothing but zeros is behind it, and else a copy', () => {
  const [answer, other] = [answered('[1]'), Buffer.from(`[1]${'x'.repeat(AFTER_JSON)}`)]

  expect(padded(answer).buffer).toBe(answer.buffer)
  expect(padded(other.subarray(0, 3)).toString()).toBe(`[1]${'\0'.repeat(AFTER_JSON)}`)
})
