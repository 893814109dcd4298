import type { PinnedRpc } from '@coffer/evm/pinned-rpc'
import type { PinOptions } from '@coffer/evm/pinned-work'
import { expect, test } from 'vitest'
import { hashOf } from '../testing/scan-facts.ts'
import { type AuditSourcesOptions, auditSources } from './audit-sources.ts'

test('recent blocks are read from an endpoint that did not tell the scan of them', async () => {
  const { sources, asked, answerBy } = pool()
  answerBy('one')
  await sources.scan.pin(nothing, { height: 50n })
  answerBy('two')
  await sources.scan.pin(nothing, { height: 100n })
  await sources.scan.pin(nothing)

  for (const height of [40n, 55n, 70n, 100n]) await sources.audit.pin(nothing, { height })

  expect(asked.slice(3)).toEqual([['one'], ['one', 'two'], ['two'], ['two']])
})

test('others are read from another endpoint than the one that was asked last', async () => {
  const { sources, asked, answerBy } = pool()
  await sources.audit.pin(nothing, { height: 5n })
  answerBy('one')
  await sources.scan.pin(nothing)
  await sources.audit.pin(nothing, { height: 5n })

  expect(asked).toEqual([[], undefined, ['one']])
})

test('who is alone in its opinion of a block is not asked of it again', async () => {
  const { sources, asked, answerBy } = pool()
  answerBy('one')
  await sources.scan.pin(nothing, { height: 5n })
  answerBy('liar')
  await sources.audit.pin(nothing, { height: 5n })

  sources.witnesses.distrust()
  await sources.audit.pin(nothing, { height: 5n })
  await sources.audit.pin(nothing, { height: 6n })

  expect(asked.slice(1)).toEqual([['one'], ['liar'], ['one']])
})

test('scan and audit go by the head that most of the endpoints have told', () => {
  const { sources } = pool()

  expect([sources.scan.head(), sources.audit.head()]).toEqual([50n, 50n])
})

test('two hosts may agree on a hash, and one may not', async () => {
  expect(await pool({ hosts: 1 }).sources.witnesses.agreedHash(5n)).toBeUndefined()
  expect(await pool({ hosts: 2 }).sources.witnesses.agreedHash(5n)).toBe(hashOf(5))
})

const nothing = async () => undefined

function pool(options: Partial<AuditSourcesOptions> = {}) {
  const asked: PinOptions['avoid'][] = []
  let name = 'none'
  const rpc = () => {
    const header = { number: '0x5', hash: hashOf(5), parentHash: hashOf(4), timestamp: '0x0' }
    return { name, call: async () => header } as unknown as PinnedRpc
  }
  const sources = auditSources({
    endpoints: {
      pin: async (work, { avoid } = {}) => {
        asked.push(avoid)
        return await work(rpc())
      },
      head: () => 50n,
      quorum: async (_needed, ask) => await ask(rpc()),
    },
    ...{ hosts: 2, rangeBlocks: 10, ...options },
  })
  const answerBy = (endpoint: string) => {
    name = endpoint
  }
  return { sources, asked, answerBy }
}
