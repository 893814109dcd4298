import { expect, test } from 'vitest'
import { block, hashOf } from '../testing/scan-facts.ts'
import type { Testimony } from '../witness-ports.ts'
import { confirmReorg } from './confirm-reorg.ts'

const OURS = hashOf(7)
const THEIRS = hashOf(7.5)

const says = (endpoint: string, hash: typeof OURS, head = 9n) => ({ endpoint, hash, head })

const contested = [says('a', THEIRS), says('b', OURS)]

test.each<[string, number, number, Partial<Testimony>, string | undefined]>([
  ['two who say so', 1, 2, { agreed: block(7.5) }, undefined],
  ['one alone, of whom there is no other', 1, 1, { agreed: block(7) }, undefined],
  ['others who have our block', 1, 3, { agreed: block(7) }, 'the others have our block'],
  ['one who says so and one who does not', 1, 2, { said: contested }, 'split'],
  ['one who says so while nobody else answers', 1, 2, { said: [says('a', THEIRS)] }, undefined],
  ['one who says so where two are needed', 2, 2, { said: [says('a', THEIRS)] }, 'split'],
  [
    'one who says so, and one who stands still',
    ...([1, 2] as const),
    { said: [says('a', THEIRS, 12n), says('b', OURS, 8n)] },
    undefined,
  ],
])('a reorg by the word of %s', async (_, quorum, hosts, testimony, objection) => {
  const { confirm } = asking({ quorum, hosts, testimony })

  expect(await confirm(7n, OURS)).toBe(objection)
})

test('who contradicts us and is contradicted is asked after the others from then on', async () => {
  const { confirm, distrusted } = asking({ quorum: 1, hosts: 2, testimony: { said: contested } })

  await confirm(7n, OURS)

  expect(distrusted).toEqual(['a'])
})

test.each([
  [1, 1, []],
  [1, 2, [2]],
  [1, 9, [2]],
  [3, 5, [3]],
])('with a quorum of %d of %d hosts, %j are asked for', async (quorum, hosts, voices) => {
  const { confirm, asked } = asking({ quorum, hosts, testimony: {} })

  await confirm(7n, OURS)

  expect(asked).toEqual(voices)
})

function asking(given: { quorum: number; hosts: number; testimony: Partial<Testimony> }) {
  const { quorum, hosts, testimony } = given
  const asked: number[] = []
  const distrusted: string[] = []
  const confirm = confirmReorg({
    quorum,
    witnesses: {
      hosts,
      distrust: (endpoint) => distrusted.push(endpoint),
      async headerAt(_, voices) {
        asked.push(voices)
        return { agreed: undefined, said: [], problem: 'split', ...testimony }
      },
      taggedBy: async () => ({}),
    },
  })
  return { confirm, asked, distrusted }
}
