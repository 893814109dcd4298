import type { EventWire } from '@coffer/events/catalogue'
import { type AssetId, parseAssetId } from '@coffer/money/asset'

// Made up: no such owner, order or transaction exists.
export const SAMPLE_TOKEN = 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48'
const SAMPLE_COIN = 'eip155:1/slip44:60'
export const SAMPLE_MERCHANT = '01980c3e-5d2a-7c41-9f0e-6a1d2b7c4e10'
const ORDER = '01980c3f-1b6d-7e02-8a44-3c9d5f7e2b21'
const PAYMENT = '01980c3f-1b70-7d15-b1c8-9e2f4a6c8d32'
const WITHDRAWAL = '01980c41-77aa-7f90-a2d4-5b8e1c3f7a43'
const ADDRESS = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'
const OTHER_ADDRESS = '0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359'
export const SAMPLE_HASH = `0x${'9fc76417374aa880d4449a1f7f31ec597f00b1f6f3dd2d66f4c9c6c445836d8b'}`

/** What all samples are about, of which an installation may know nothing. */
export const SAMPLE_ASSETS: readonly { id: AssetId; symbol: string; decimals: number }[] = [
  { id: parseAssetId(SAMPLE_TOKEN), symbol: 'USDC', decimals: 6 },
  { id: parseAssetId(SAMPLE_COIN), symbol: 'ETH', decimals: 18 },
]

export const sampleDeposit = {
  depositId: `eip155:1:${SAMPLE_HASH}:log:3`,
  revision: 1,
  owner: SAMPLE_MERCHANT,
  chain: 'eip155:1',
  asset: SAMPLE_TOKEN,
  amount: '1250500000',
  from: OTHER_ADDRESS,
  to: ADDRESS,
  txHash: SAMPLE_HASH,
  position: 'log:3',
  blockNumber: 23_840_117,
  blockHash: `0x${'4e3a3754410177e6937ef1f84bba68ea139e8d1a2258c5f85db9f1cd715a1bdd'}`,
  blockTime: '2026-11-21T09:41:11Z',
} as const satisfies EventWire<'deposit.confirmed'>

export const sampleOrder = {
  orderId: ORDER,
  merchantId: SAMPLE_MERCHANT,
  version: 1,
  reference: 'INV-2026-0142',
  asset: SAMPLE_TOKEN,
  amount: '249990000',
  createdAt: '2026-11-21T09:30:00Z',
} as const satisfies EventWire<'order.created'>

export const samplePayment = {
  paymentId: PAYMENT,
  orderId: ORDER,
  merchantId: SAMPLE_MERCHANT,
  version: 1,
  channel: 'onchain',
  asset: SAMPLE_TOKEN,
  amount: '249990000',
  createdAt: '2026-11-21T09:30:02Z',
} as const

export const SAMPLE_ADDRESS = ADDRESS

export const sampleWithdrawal = {
  withdrawalId: WITHDRAWAL,
  owner: SAMPLE_MERCHANT,
  version: 1,
  chain: 'eip155:1',
  asset: SAMPLE_COIN,
  amount: '2500000000000000001',
  fee: '1500000000000000',
  to: OTHER_ADDRESS,
  requestedAt: '2026-11-21T10:05:00Z',
} as const
