import { AppError } from '@coffer/errors/app-error'
import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import { JsonFormatError } from '@coffer/evm/json-reader'
import { toldReceipts } from '@coffer/evm/told-receipts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Block } from '../domain/block.ts'
import { fakeAddress, fakeChain, fakeTransaction } from '../testing/fake-chain.ts'
import { payTokens } from '../testing/fake-transfers.ts'
import { parsedBlock } from '../testing/parsed-block.ts'
import { plainBlock } from '../testing/plain-block.ts'
import type { RpcHeader, RpcReceipt } from './rpc-answers.ts'
import { verifiedBlock } from './verify-block.ts'

type Json = null | boolean | string | Json[] | { [key: string]: Json }

/** What a lie puts in the place of a value that it is given. */
const LIES: readonly ((value: Json, other: Json) => Json | undefined)[] = [
  () => undefined,
  () => null,
  (_, other) => other,
  (value) => (typeof value === 'string' ? `0x${value.slice(2).toUpperCase()}` : []),
  (value) => (typeof value === 'string' ? value.slice(0, -1) : [value, value].flat()),
  (value) => (typeof value === 'string' ? `${value}0` : true),
  (value) => (Array.isArray(value) ? value.toReversed() : ''),
  (value) => (Array.isArray(value) ? value.slice(1) : '0x'),
]

test('takes and refuses of bytes what it would of their values, whatever lies are among them', async () => {
  const { header, receipts } = await told()
  const lie = fc.record({ place: fc.nat(), other: fc.nat(), lie: fc.constantFrom(...LIES) })
  let taken = 0
  fc.assert(
    fc.property(fc.array(lie, { maxLength: 2 }), (lies) => {
      const lied = structuredClone(receipts) as Json
      for (const { place, other, lie: change } of lies) meddle(lied, { place, other, change })
      const steps = lies.length === 2 ? NOTHING : WHOLE_PROOF

      const expected = outcome(() =>
        parsedBlock({ header, receipts: lied as unknown as RpcReceipt[] }, steps),
      )
      const found = ofBytes(lied, { header, steps })

      // Of what nobody asks for, bytes are still refused that are no text where one is due.
      if (found === 'malformed') return
      // A text is taken to be as long as an address where a quotation mark ends it there. Of one
      // that is shorter other fields are then read into it, so that the proof fails.
      if (found === 'refused' && hasOddRecipient(lied)) return
      expect(found).toEqual(expected)
      if (typeof found !== 'string') taken += 1
    }),
    { numRuns: 500 },
  )
  expect(taken).toBeGreaterThan(25)
})

test('bytes of receipts of which one has no list of logs are refused, though nothing is proven', async () => {
  const { header, receipts } = await told()
  expect(ofBytes(receipts as Json, { header, steps: NOTHING })).not.toBe('refused')
  for (const place of (receipts as Json[]).keys()) {
    const lied = structuredClone(receipts) as { logs?: Json }[]
    delete lied[place]?.logs

    expect([place, ofBytes(lied as Json, { header, steps: NOTHING })]).toEqual([place, 'refused'])
  }
})

type Given = { header: RpcHeader; steps: Parameters<typeof verifiedBlock>[1] }

const ofBytes = (told: Json, { header, steps }: Given) =>
  outcome(() => {
    const [receipts] = read(bodyOf(told), [CALL]) ?? []
    return receipts ? verifiedBlock({ header, receipts }, steps) : undefined
  })

const hasOddRecipient = (receipts: Json): boolean =>
  Array.isArray(receipts) &&
  receipts.some((receipt) => {
    const { to } = (receipt ?? {}) as { to?: Json }
    return typeof to === 'string' && !/^0x[0-9a-f]{40}$/i.test(to)
  })

const CALL = { method: 'eth_getBlockReceipts', params: [] }
const NOTHING = {
  ...{ headerHash: false, receiptsRoot: false, logsBloom: false, withdrawalsRoot: false },
}
const read = toldReceipts({ root: true })

const bodyOf = (result: Json) => Buffer.from(JSON.stringify([{ jsonrpc: '2.0', id: 0, result }]))

/** Puts a lie in one of the places of `tree`, of which one is at any depth. */
function meddle(
  tree: Json,
  { place, other, change }: { place: number; other: number; change: (typeof LIES)[number] },
): void {
  const places = placesIn(tree)
  const [chosen, another] = [places[place % places.length], places[other % places.length]]
  if (chosen === undefined || another === undefined) return
  const { parent, key } = chosen
  const lied = change(parent[key] as Json, structuredClone(another.parent[another.key] as Json))
  if (lied !== undefined) parent[key] = lied
  else if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
}

type Parent = { [key: string]: Json }

/** All but types, of which one that is null is none here and a mistake there. */
function placesIn(tree: Json): { parent: Parent; key: string }[] {
  if (typeof tree !== 'object' || tree === null) return []
  const parent = tree as Parent
  return Object.keys(parent)
    .filter((key) => key !== 'type')
    .flatMap((key) => [{ parent, key }, ...placesIn(parent[key] as Json)])
}

/** What is wrong with an answer is said in different words where it is malformed. */
function outcome(make: () => Block | undefined): Block | string {
  try {
    const block = make()
    return block ? plainBlock(block) : 'refused'
  } catch (error) {
    if (error instanceof JsonFormatError) return 'malformed'
    if (error instanceof AppError || error instanceof TypeError) return 'refused'
    throw error
  }
}

/** A block of transactions of all sorts, some with logs. */
async function told() {
  const chain = fakeChain()
  const [alice, bob] = [fakeAddress(0xa), fakeAddress(0xb)]
  const transactions = [
    payTokens([alice, 5n], [bob, 6n]),
    fakeTransaction({ succeeded: false }),
    fakeTransaction({ created: alice }),
    payTokens([bob, 8n]),
  ]
  const { hash } = chain.mine(...transactions)
  const [header, receipts] = await chain.rpc.batch([
    { method: 'eth_getBlockByNumber', params: ['0x1', false] },
    { method: 'eth_getBlockReceipts', params: [hash] },
  ])
  return { header: header as RpcHeader, receipts }
}
