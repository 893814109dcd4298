import { expect, test } from 'vitest'
import { finalityPolicy, type TaggedHeights } from '../domain/finality.ts'
import type { ScanState } from '../ports.ts'
import { ASSETS } from '../testing/fake-transfers.ts'
import { block, hashOf, ref, START } from '../testing/scan-facts.ts'
import type { Testimony } from '../witness-ports.ts'
import { agreeOnFinal } from './agree-on-final.ts'

const NOBODY: Testimony = { agreed: undefined, said: [], problem: 'one says 0xaa' }

const tiers = [{ from: 10n, confirmations: 4 }] as const

test('what a quorum has too is final, all below it with it, by one question', async () => {
  const agreeing = witnessed()

  expect(await agreeing.at(20)).toEqual({ final: 19n, tiers: { 4: 17n } })
  expect(agreeing.asked).toEqual([19n])
  expect(agreeing.told).toEqual(['agreed 19'])
})

test('nothing is asked while nothing more would be final', async () => {
  const agreeing = witnessed()

  expect(await agreeing.at(20, { final: 19n })).toEqual({ final: 19n, tiers: { 4: 17n } })
  expect(await agreeing.at(11, { final: 15n })).toEqual({ final: 10n, tiers: { 4: 8n } })
  expect(agreeing.asked).toEqual([])
})

test('a block that is not stored yet is held against what is about to be', async () => {
  const agreeing = witnessed()

  const finality = await agreeing.at(21.5, { blocks: [20.5, 21.5] })

  expect(finality).toBeUndefined()
  expect(agreeing.told).toEqual(['other 20'])
})

test('another block than ours, by the word of a quorum, makes nothing final', async () => {
  const agreeing = witnessed()
  agreeing.say((height) => ({ ...NOBODY, agreed: { ...block(Number(height)), hash: hashOf(3.5) } }))

  expect(await agreeing.at(20)).toBeUndefined()
})

test('without a quorum what was final stays so, and is asked for again, less and less often', async () => {
  const agreeing = witnessed()
  agreeing.say(() => NOBODY)

  const heights: unknown[] = []
  for (let times = 0; times < 12; times++) heights.push((await agreeing.at(20))?.final)

  expect(new Set(heights)).toEqual(new Set([10n]))
  expect(agreeing.asked).toHaveLength(4)
  expect(agreeing.told.at(-1)).toBe('none 19 (4 times): one says 0xaa')
})

test('all becomes final once they agree again', async () => {
  const agreeing = witnessed()
  agreeing.say(() => NOBODY)
  await agreeing.at(20)
  agreeing.say(undefined)

  expect(await agreeing.at(20)).toMatchObject({ final: 19n })
  expect(agreeing.told).toEqual(['none 19 (1 times): one says 0xaa', 'agreed 19'])
})

test('endpoints that are always a little behind hold up nothing for good', async () => {
  const agreeing = witnessed()
  agreeing.say((height) => (height > agreeing.scanned - 3n ? NOBODY : undefined))

  let final = 10n
  for (let scanned = 20; scanned < 60; scanned++) {
    final = (await agreeing.at(scanned, { final }))?.final ?? final
  }

  expect(final).toBeGreaterThan(50n)
})

test('below the first block of ours nothing is asked, and nothing final', async () => {
  const agreeing = witnessed()

  expect(await agreeing.at(10, { final: null, stored: [] })).toMatchObject({ final: -1n })
  expect(agreeing.asked).toEqual([])
})

test('a tag is as high as a quorum says, and asked for when one tells of more', async () => {
  const agreeing = witnessed({ confirmations: 'finalized' })
  agreeing.tagAs({ finalized: 14n })

  expect(await agreeing.at(20, { tagged: { finalized: 18n } })).toMatchObject({ final: 14n })
  expect(agreeing.asked).toEqual([14n])
  agreeing.tagAs({})
  expect(await agreeing.at(20, { tagged: { finalized: 18n }, final: 14n })).toMatchObject({
    final: 14n,
  })
  expect(await agreeing.at(20, { tagged: { finalized: 12n }, final: 14n })).toMatchObject({
    final: 12n,
  })
})

test('nobody is believed before as many agree as the quorum says, on blocks and on tags', async () => {
  const agreeing = witnessed({ confirmations: 'finalized' })
  agreeing.tagAs({ finalized: 14n })

  await agreeing.at(20, { tagged: { finalized: 18n } })

  expect(agreeing.needed).toEqual(['tags: 2', 'header: 2'])
})

type At = {
  final?: bigint | null
  blocks?: number[]
  stored?: number[]
  tagged?: TaggedHeights
}

/** Witnesses who have the first branch, unless they are told to say something else. */
function witnessed({ confirmations = 2 }: { confirmations?: number | 'finalized' } = {}) {
  const asked: bigint[] = []
  const told: string[] = []
  const needed: string[] = []
  let say: ((height: bigint) => Testimony | undefined) | undefined
  let tagAs: TaggedHeights = {}
  const assets = confirmations === 2 ? [{ ...ASSETS[0], tiers }] : ASSETS
  const under = {
    scanned: 0n,
    ...{ asked, told, needed },
    say: (next: typeof say) => {
      say = next
    },
    tagAs: (heights: TaggedHeights) => {
      tagAs = heights
    },
    at(name: number, { final = 10n, blocks = [], stored, tagged = {} }: At = {}) {
      under.scanned = BigInt(Math.floor(name))
      const state: ScanState = { checkpoint: ref(name), start: START, final, latched: null }
      storedNames = stored
      const head = { ...ref(name), tagged }
      return agreement(state, { scanned: ref(name), blocks: blocks.map((each) => ref(each)), head })
    },
  }
  let storedNames: number[] | undefined
  const agreement = agreeOnFinal({
    store: { storedBlocks: async (from) => (storedNames ? [] : [ref(Number(from))]) },
    witnesses: {
      hosts: 3,
      distrust: () => undefined,
      async headerAt(height, count) {
        asked.push(height)
        needed.push(`header: ${count}`)
        return say?.(height) ?? { ...NOBODY, agreed: block(Number(height)) }
      },
      async taggedBy(_, count) {
        needed.push(`tags: ${count}`)
        return tagAs
      },
    },
    policy: finalityPolicy(confirmations, assets),
    quorum: 2,
    observer: {
      witnessed(facts) {
        const why = facts.result === 'none' ? ` (${facts.failures} times): ${facts.problem}` : ''
        told.push(`${facts.result} ${facts.height}${why}`)
      },
    },
  })
  return under
}
