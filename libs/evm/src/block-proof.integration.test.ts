import { createHash } from 'node:crypto'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { anvilClient } from '@coffer/simulator/anvil-client'
import type { Hex, TransactionSerializable } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, onTestFinished, test } from 'vitest'
import { blockProof, type ProvenHeader } from './block-proof.ts'
import type { ReceiptJson } from './receipts-root.ts'
import { encodedReceipt, mptRoot } from './testing/mpt-roots.ts'
import { transactionsRoot } from './transactions-root.ts'

/** The first account of every Anvil. */
const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

/** Logs 32 bytes under one topic: PUSH1 1, PUSH1 32, PUSH0, LOG1, STOP. */
const LOGGING_CODE = '0x600160205fa100'
const LOGGING = '0x00000000000000000000000000000000000010c5'

/** A blob of zeros; the point at infinity is its commitment and its proof. */
const INFINITY: Hex = `0xc0${'0'.repeat(94)}`
const BLOB = { blob: `0x${'0'.repeat(262_144)}`, commitment: INFINITY, proof: INFINITY } as const
const digest = createHash('sha256').update(INFINITY.slice(2), 'hex').digest('hex')
const BLOB_HASH: Hex = `0x01${digest.slice(2)}`

async function chain(...settings: string[]) {
  const anvil = await startAnvil({ arguments: ['--no-mining', ...settings] })
  onTestFinished(() => anvil[Symbol.asyncDispose]())
  const client = anvilClient(anvil.url)
  await client.request('anvil_setCode', [LOGGING, LOGGING_CODE])
  const minedBlock = async () => {
    await client.mine()
    const header = await client.request<ProvenHeader & Record<'transactionsRoot', string>>(
      'eth_getBlockByNumber',
      ['latest', false],
    )
    const receipts = await client.request<ReceiptJson[]>('eth_getBlockReceipts', [header.hash])
    return { header, receipts }
  }
  return { client, minedBlock }
}

test('an empty block of a real node holds', async () => {
  const { minedBlock } = await chain()
  const { header, receipts } = await minedBlock()

  expect(receipts).toEqual([])
  expect(blockProof(header, receipts)).toEqual([])
})

test('a block of transactions of all types, failed ones among them, holds', async () => {
  const { client, minedBlock } = await chain('--hardfork', 'prague')
  const account = privateKeyToAccount(KEY)
  const fees = {
    chainId: 31_337,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 1n,
    gas: 100_000n,
    to: LOGGING,
  } as const
  const gas = { chainId: 31_337, gasPrice: 10n ** 11n, gas: 100_000n, to: LOGGING } as const
  const authorization = await account.signAuthorization({
    ...{ chainId: 31_337, nonce: 6, address: LOGGING },
  })
  const requests: TransactionSerializable[] = [
    { type: 'legacy', ...gas },
    { type: 'eip2930', ...gas, accessList: [{ address: LOGGING, storageKeys: [] }] },
    { type: 'eip1559', ...fees },
    { type: 'eip1559', ...fees, gas: 21_500n },
    {
      ...{ type: 'eip4844', ...fees, maxFeePerBlobGas: 10n ** 9n },
      ...{ blobVersionedHashes: [BLOB_HASH], sidecars: [BLOB] },
    },
    { type: 'eip7702', ...fees, authorizationList: [authorization] },
  ]
  for (const [nonce, request] of requests.entries()) {
    const transaction = { ...request, nonce } as TransactionSerializable
    const raw = await account.signTransaction(transaction)
    await client.request('eth_sendRawTransaction', [raw])
  }

  const { header, receipts } = await minedBlock()

  expect(receipts.map(({ type, status, logs }) => [type, status, logs.length])).toEqual([
    ['0x0', '0x1', 1],
    ['0x1', '0x1', 1],
    ['0x2', '0x1', 1],
    ['0x2', '0x0', 0],
    ['0x3', '0x1', 1],
    ['0x4', '0x1', 1],
  ])
  expect(blockProof(header, receipts)).toEqual([])
  expect(await mptRoot(receipts.map(encodedReceipt))).toBe(header.receiptsRoot)
})

test('a block of 300 transactions holds, and so do the transactions themselves', async () => {
  const { client, minedBlock } = await chain('--gas-limit', '100000000')
  const account = privateKeyToAccount(KEY)
  for (let nonce = 0; nonce < 300; nonce++) {
    const raw = await account.signTransaction({
      ...{ type: 'legacy', chainId: 31_337, nonce, gasPrice: 10n ** 11n, gas: 30_000n },
      ...{ to: nonce % 3 === 0 ? account.address : LOGGING },
    })
    await client.request('eth_sendRawTransaction', [raw])
  }
  const { header, receipts } = await minedBlock()
  const raw = await client.batch<Hex>(
    header.transactions.map((hash) => ({ method: 'eth_getRawTransactionByHash', params: [hash] })),
  )

  expect(receipts).toHaveLength(300)
  expect(blockProof(header, receipts)).toEqual([])
  expect(transactionsRoot(raw)).toBe(header.transactionsRoot)
})

test('a block of an OP-stack chain with a deposit holds', async () => {
  const { client, minedBlock } = await chain('--optimism')
  const [from] = await client.accounts()
  await client.request('eth_sendTransaction', [
    {
      ...{ type: '0x7e', from, to: LOGGING, gas: '0x30000', value: '0x0', mint: '0x5' },
      ...{ sourceHash: `0x${'1'.repeat(64)}`, isSystemTx: false },
    },
  ])
  const { header, receipts } = await minedBlock()

  expect(receipts).toMatchObject([{ depositReceiptVersion: '0x1', logs: [{ address: LOGGING }] }])
  expect(blockProof(header, receipts)).toEqual([])
})
