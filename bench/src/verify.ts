import { toldProof } from '@coffer/evm/block-proof'
import { logsBloom } from '@coffer/evm/bloom'
import { headerHash } from '@coffer/evm/header-hash'
import { keccak256 } from '@coffer/evm/keccak'
import { readReceipts, receiptTable } from '@coffer/evm/receipt-table'
import { type ReceiptJson, receiptsRoot } from '@coffer/evm/receipts-root'
import { toldReceipts } from '@coffer/evm/told-receipts'
import { createMPT } from '@ethereumjs/mpt'
import { type Hex, toRlp, keccak256 as viemKeccak256 } from 'viem'
import { type SampleBlock, sampleBlocks } from './sample-blocks.ts'
import { tell } from './tell.ts'

const SIZES = { tokens: 50, native: 5 }
const BLOCKS = 40
/** Blocks whose receipts come in one answer. */
const BATCH = 10
const ROUNDS = 25
const CALL = { method: 'eth_getBlockReceipts', params: [] }
/** Fewer of the slow ones. */
const MPT_ROUNDS = 5

/** What it costs to prove a block, part by part, beside the usual libraries in the same run. */
export async function verify({ count = BLOCKS }: { count?: number }) {
  const blocks = sampleBlocks({ blocks: count, ...SIZES })
  const bodies = bodiesOf(blocks)
  const table = receiptTable()
  const parts = {
    keccak32: () => hashes(keccak256),
    viemKeccak32: () => hashes((input) => viemKeccak256(input, 'bytes')),
    parse: () => bodies.map((body) => JSON.parse(body.toString())),
    bloom: () => blocks.map(({ receipts }) => logsBloom(receipts.flatMap(({ logs }) => logs))),
    root: () => blocks.map(({ receipts }) => receiptsRoot(receipts)),
    header: () => blocks.map(({ header }) => headerHash(header)),
    read: () => bodies.map((body) => readReceipts(table, body).length),
    readAndProve: () => bodies.map((body, index) => prove(body, blocks.slice(index * BATCH))),
  }
  const readTold = toldReceipts({ root: true })
  const prove = (body: Buffer, expected: readonly SampleBlock[]) => {
    const calls = expected.slice(0, BATCH).map(() => CALL)
    for (const [id, told] of (readTold(body, calls) ?? [null]).entries()) {
      const { header } = expected[id] as SampleBlock
      const problems = told ? toldProof(header, told) : ['it is missing']
      if (problems.length > 0) throw new Error(`A true block does not hold: ${problems.join()}.`)
    }
  }
  const best: Record<string, number> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(parts)) {
      const seconds = await timed(run)
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, seconds)
    }
  }
  const few = blocks.slice(0, BATCH)
  let mptSeconds = Number.POSITIVE_INFINITY
  for (let round = 0; round < MPT_ROUNDS; round++) {
    mptSeconds = Math.min(mptSeconds, await timed(() => compareRoots(few)))
  }
  const us = (name: keyof typeof parts, per = count) => micros((best[name] ?? 0) / per)
  const mpt = micros(mptSeconds / few.length)
  tell(`root ${us('root')} us a block, with general libraries ${mpt}`)
  return {
    parameters: { blocks: count, ...SIZES },
    microsecondsPerBlock: {
      ...{ parse: us('parse'), bloom: us('bloom'), receiptsRoot: us('root') },
      ...{ headerHash: us('header'), read: us('read'), readAndProve: us('readAndProve') },
      receiptsRootByMpt: mpt,
    },
    microsecondsPerHash: { own: us('keccak32', HASHES), viem: us('viemKeccak32', HASHES) },
    rootTimesFaster: Math.round(mpt / us('root')),
    hashTimesFaster: Math.round(us('viemKeccak32', HASHES) / us('keccak32', HASHES)),
  }
}

const HASHES = 2_000
const WORD = new Uint8Array(32).fill(7)

function hashes(hash: (input: Uint8Array) => Uint8Array): void {
  for (let index = 0; index < HASHES; index++) hash(WORD)
}

function bodiesOf(blocks: readonly SampleBlock[]): Buffer[] {
  const bodies: Buffer[] = []
  for (let first = 0; first < blocks.length; first += BATCH) {
    const answers = blocks.slice(first, first + BATCH).map(({ receipts }, id) => {
      return { jsonrpc: '2.0', id, result: receipts }
    })
    bodies.push(Buffer.from(JSON.stringify(answers)))
  }
  return bodies
}

async function compareRoots(blocks: readonly SampleBlock[]): Promise<void> {
  for (const { receipts, header } of blocks) {
    if ((await mptRoot(receipts)) !== header.receiptsRoot) throw new Error('Roots differ.')
  }
}

/** The receipts root by the libraries that one would take otherwise: here, type 2 only. */
async function mptRoot(receipts: readonly ReceiptJson[]): Promise<string> {
  const trie = await createMPT()
  for (const [index, { cumulativeGasUsed, logsBloom: bloom, logs }] of receipts.entries()) {
    const entries = logs.map(({ address, topics, data }) => [address, [...topics], data])
    const body = toRlp(['0x01', evenHex(cumulativeGasUsed), bloom, entries] as Hex[], 'bytes')
    const key = toRlp(index === 0 ? '0x' : evenHex(`0x${index.toString(16)}`), 'bytes')
    await trie.put(key, Uint8Array.of(2, ...body))
  }
  return `0x${Buffer.from(trie.root()).toString('hex')}`
}

const evenHex = (hex: string): Hex => `0x${hex.length % 2 === 0 ? '' : '0'}${hex.slice(2)}`

async function timed(run: () => unknown): Promise<number> {
  const beginning = performance.now()
  await run()
  return (performance.now() - beginning) / 1_000
}

const micros = (seconds: number) => Math.round(seconds * 1e8) / 100
