import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  blockProof,
  type ProofSteps,
  type ProvenHeader,
  toldProof,
  WHOLE_PROOF,
} from './block-proof.ts'
import { logsBloom } from './bloom.ts'
import { headerHash } from './header-hash.ts'
import { type ReceiptJson, receiptsRoot } from './receipts-root.ts'
import { anyReceipts } from './testing/any-receipts.ts'
import { ETHEREUM_24630100 } from './testing/known-headers.ts'
import { ETHEREUM_WITHDRAWALS, ETHEREUM_WITHDRAWALS_ROOT } from './testing/known-withdrawals.ts'
import { toldReceipts } from './told-receipts.ts'

/** A header that is as true as it can be of these receipts. */
function headerOf(receipts: readonly ReceiptJson[]): ProvenHeader {
  const header = {
    ...ETHEREUM_24630100,
    withdrawals: ETHEREUM_WITHDRAWALS,
    withdrawalsRoot: ETHEREUM_WITHDRAWALS_ROOT,
    receiptsRoot: receiptsRoot(receipts),
    logsBloom: logsBloom(receipts.flatMap(({ logs }) => logs)),
    transactions: receipts.map((_, index) => `0x${index}`),
  }
  return { ...header, hash: String(headerHash(header)) }
}

const read = toldReceipts({ root: true })

/** The same of the receipts as JSON.parse gives them, and as they come from a node. */
function proof(header: ProvenHeader, receipts: readonly ReceiptJson[], steps?: ProofSteps) {
  const body = Buffer.from(JSON.stringify({ id: 0, result: receipts }))
  const [told] = read(body, [{ method: 'eth_getBlockReceipts', params: [] }]) ?? []
  const problems = told ? toldProof(header, told, steps) : ['nothing was read']
  expect(blockProof(header, receipts, steps)).toEqual(problems)
  return problems
}

test('finds nothing wrong with what is right', () => {
  fc.assert(
    fc.property(anyReceipts, (receipts) => {
      expect(proof(headerOf(receipts), receipts)).toEqual([])
    }),
  )
})

describe('tells', () => {
  const log = { address: `0x${'1'.repeat(40)}`, topics: [`0x${'2'.repeat(64)}`], data: '0x01' }
  const receipts = [1, 2, 3].map((gas) => {
    return { type: '0x2', status: '0x1', cumulativeGasUsed: `0x${gas}`, logs: [log] }
  })
  const whole: ReceiptJson[] = receipts.map((one) => ({ ...one, logsBloom: logsBloom(one.logs) }))
  const header = headerOf(whole)

  test('a receipt that is missing', () => {
    expect(proof(header, whole.slice(1))).toEqual([
      '2 receipts for 3 transactions',
      expect.stringMatching(/^its receipts make up the root 0x[0-9a-f]{64}, not 0x/),
    ])
  })

  test('one log of two that are alike, which the bloom does not', () => {
    const [first, ...rest] = whole as [ReceiptJson, ...ReceiptJson[]]

    expect(proof(header, [{ ...first, logs: [] }, ...rest])).toEqual([
      expect.stringMatching(/^its receipts make up the root/),
    ])
  })

  test('logs that are missing from all', () => {
    const bare = whole.map((one) => ({ ...one, logs: [] }))

    expect(proof(header, bare).join()).toMatch(/root.*logs do not make up the header's logs/)
  })

  test.each<[string, Partial<ProvenHeader>]>([
    ['is missing', { withdrawals: ETHEREUM_WITHDRAWALS.slice(1) }],
    [
      'pays more',
      { withdrawals: ETHEREUM_WITHDRAWALS.map((each) => ({ ...each, amount: '0x1' })) },
    ],
    ['are not told', { withdrawals: null }],
  ])('withdrawals of which some %s', (_, off) => {
    expect(proof({ ...header, ...off }, whole)).toEqual([
      expect.stringMatching(/^its withdrawals make up the root 0x[0-9a-f]{64}, not 0x/),
    ])
  })

  test('withdrawals that no header knows of, and takes none for none', () => {
    const { withdrawalsRoot: _, ...old } = headerOf(whole)
    const steps = { ...WHOLE_PROOF, headerHash: false }

    expect(proof(old, whole, steps)).toEqual([expect.stringMatching(/has no root/)])
    expect(proof({ ...old, withdrawals: null }, whole, steps)).toEqual([])
  })

  test('a header that was made to fit', () => {
    const bare = whole.map((one) => ({ ...one, logs: [] }))
    const forged = { ...headerOf(bare), hash: header.hash }

    expect(proof(forged, bare)).toEqual([
      expect.stringMatching(/^its header has the hash 0x[0-9a-f]{64}, not 0x/),
    ])
  })

  test('a header whose hash is beyond it, unless the chain is excused', () => {
    const strange = { ...header, extDataHash: '0x00', hash: `0x${'0'.repeat(64)}` }
    const steps = { ...WHOLE_PROOF, headerHash: false }

    expect(proof(strange, whole)).toEqual([expect.stringMatching(/can not be computed/)])
    expect(proof(strange, whole, steps)).toEqual([])
  })

  test('nothing of what a chain is excused from', () => {
    const steps = {
      ...{ headerHash: false, receiptsRoot: false, logsBloom: false, withdrawalsRoot: false },
    }
    const bare = whole.map((one) => ({ ...one, logs: [] }))

    expect(proof({ ...header, withdrawals: [] }, bare, steps)).toEqual([])
  })
})
