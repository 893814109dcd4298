import { expect, test } from 'vitest'
import { requestSize } from './request-size.ts'

const sized = () => requestSize({ first: 10, max: 100, bytes: 1_000 })

test('asks for what fits into an answer, once it knows how large blocks are', () => {
  const size = sized()
  expect(size.blocks()).toBe(10)

  size.answered(10, 500)

  expect(size.blocks()).toBe(20)
})

test('grows to no more than twice as much at once, and to no more than the most', () => {
  const size = sized()
  const sizes = Array.from({ length: 5 }, () => {
    size.answered(10, 10)
    return size.blocks()
  })

  expect(sizes).toEqual([20, 40, 80, 100, 100])
})

test('asks for less as soon as blocks are larger, and for one at least', () => {
  const size = sized()
  size.answered(10, 1_000)

  size.answered(1, 2_000)
  expect(size.blocks()).toBe(1)

  size.answered(1, 1_000_000)
  expect(size.blocks()).toBe(1)
})

test('one block that is unlike the others soon counts no more', () => {
  const size = sized()
  size.answered(10, 1_000)
  size.answered(1, 900)
  expect(size.blocks()).toBe(3)

  for (let answer = 0; answer < 20; answer++) size.answered(10, 1_000)

  expect(size.blocks()).toBe(9)
})

test('takes an answer of nothing for a small one', () => {
  const size = sized()
  size.answered(5, 0)

  expect(size.blocks()).toBe(20)
})
