import { expect, test } from 'vitest'
import { block, hashOf } from '../testing/scan-facts.ts'
import type { Testimony } from '../witness-ports.ts'
import { agreedHeader, NodesDisagreeError } from './agreed-header.ts'

const one = { endpoint: 'a', hash: hashOf(7), head: 9n }
const other = { endpoint: 'b', hash: hashOf(7.5), head: 9n }

test('is what two endpoints have, whatever the first one said', async () => {
  const { headerAt } = asking({ agreed: block(7.5), said: [one, other, other] })

  expect(await headerAt(7n)).toEqual(block(7.5))
})

test('is what one has while all others are away', async () => {
  const { headerAt } = asking({ said: [one] })

  expect(await headerAt(7n)).toEqual(block(7))
})

test('is told by nobody while two contradict each other, or while a quorum is away', async () => {
  await expect(asking({ said: [one, other] }).headerAt(7n)).rejects.toThrow(NodesDisagreeError)
  await expect(asking({ said: [one] }, { quorum: 2 }).headerAt(7n)).rejects.toThrow(/split/)
})

test('is the only one’s where there is but one, who alone is asked', async () => {
  const { headerAt, asked } = asking({ said: [other] }, { hosts: 1 })

  expect(await headerAt(7n)).toEqual(block(7))
  expect(await headerAt(99n)).toBeUndefined()
  expect(asked).toEqual([])
})

function asking(testimony: Partial<Testimony>, { quorum = 1, hosts = 3 } = {}) {
  const asked: number[] = []
  const headerAt = agreedHeader({
    quorum,
    reader: { headerAt: async (height) => (height > 9n ? undefined : block(Number(height))) },
    witnesses: {
      hosts,
      async headerAt(_, voices) {
        asked.push(voices)
        return { agreed: undefined, said: [], problem: 'split', ...testimony }
      },
    },
  })
  return { headerAt, asked }
}
