import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSameAt, viewOf } from './same-bytes.ts'

test('tells the same from what differs in a single byte, wherever both lie', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 })
  fc.assert(
    fc.property(bytes, fc.nat(9), fc.nat(9), fc.nat(), (given, oneAt, otherAt, place) => {
      const laidAt = (at: number) => Buffer.concat([Buffer.alloc(at, 0xff), given])
      const [one, other] = [laidAt(oneAt), laidAt(otherAt)]
      const isSame = () =>
        isSameAt(
          { view: viewOf(one), at: oneAt },
          { view: viewOf(other), at: otherAt },
          given.length,
        )
      expect(isSame()).toBe(true)

      const changed = otherAt + (place % given.length)
      other.writeUInt8((other[changed] ?? 0) ^ 1, changed)

      expect(isSame()).toBe(false)
    }),
  )
})

test('what ends before the others are compared is not the same', () => {
  const bytes = Buffer.from('0x12"0x12')
  const view = viewOf(bytes)

  expect(isSameAt({ view, at: 0 }, { view, at: 5 }, 4)).toBe(true)
  expect(isSameAt({ view, at: 0 }, { view, at: 5 }, 5)).toBe(false)
})
