import { createHash } from 'node:crypto'
import { logsBloom } from '@coffer/evm/bloom'
import { type HeaderJson, headerHash } from '@coffer/evm/header-hash'
import { type ReceiptJson, receiptsRoot } from '@coffer/evm/receipts-root'
import { type WithdrawalJson, withdrawalsRoot } from '@coffer/evm/withdrawals-root'

export type SampleBlock = {
  header: HeaderJson &
    Record<'hash' | 'receiptsRoot' | 'logsBloom', string> & {
      transactions: readonly string[]
      withdrawals: readonly WithdrawalJson[]
    }
  receipts: readonly ReceiptJson[]
}

export type SampleSizes = { blocks: number; tokens: number; native: number }

const TRANSFER_TOPIC = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'
const SENDERS = 10
const RECEIVERS = 1_000

/** Blocks as a node would give them, with as much in each receipt, and made without a chain. */
export function sampleBlocks({ blocks, tokens, native }: SampleSizes): SampleBlock[] {
  return Array.from({ length: blocks }, (_, number) => {
    const receipts = Array.from({ length: tokens + native }, (_receipt, index) =>
      receiptOf(number, index, index < tokens),
    )
    const fields = {
      ...headerFields(number),
      receiptsRoot: receiptsRoot(receipts),
      logsBloom: logsBloom(receipts.flatMap(({ logs }) => logs)),
      transactions: receipts.map(({ transactionHash }) => transactionHash),
    }
    return { header: { ...fields, hash: String(headerHash(fields)) }, receipts }
  })
}

function receiptOf(block: number, index: number, isToken: boolean) {
  const place = {
    blockHash: digest(`block ${block}`),
    blockNumber: `0x${block.toString(16)}`,
    blockTimestamp: '0x6b01899e',
    transactionHash: digest(`transaction ${block} ${index}`),
    transactionIndex: `0x${index.toString(16)}`,
  }
  const from = address(`sender ${index % SENDERS}`)
  const receiver = address(`receiver ${(block * 55 + index) % RECEIVERS}`)
  const log = {
    address: address('token'),
    topics: [TRANSFER_TOPIC, topicOf(from), topicOf(receiver)],
    data: `0x${(block + index).toString(16).padStart(64, '0')}`,
    ...place,
    logIndex: place.transactionIndex,
    removed: false,
  }
  const logs = isToken ? [log] : []
  return {
    ...{
      type: '0x2',
      status: '0x1',
      cumulativeGasUsed: `0x${(51_359 * (index + 1)).toString(16)}`,
    },
    ...{ logs, logsBloom: logsBloom(logs), ...place, gasUsed: '0xc89f' },
    ...{ effectiveGasPrice: '0x6952743a', blobGasPrice: '0x1', from },
    ...{ to: isToken ? log.address : receiver, contractAddress: null },
  }
}

function headerFields(number: number) {
  return {
    parentHash: digest(`block ${number - 1}`),
    sha3Uncles: digest('uncles'),
    miner: address('miner'),
    stateRoot: digest(`state ${number}`),
    transactionsRoot: digest(`transactions ${number}`),
    ...{ difficulty: '0x0', number: `0x${number.toString(16)}`, gasLimit: '0x11e1a300' },
    ...{ gasUsed: '0x28c8e2', timestamp: '0x6b01899e', extraData: '0x', size: '0x1adb' },
    mixHash: digest('mix'),
    ...{ nonce: '0x0000000000000000', baseFeePerGas: '0x2db7aa3a' },
    ...{ withdrawals: [], withdrawalsRoot: withdrawalsRoot([]) },
    ...{ blobGasUsed: '0x0', excessBlobGas: '0x0' },
    parentBeaconBlockRoot: digest('beacon'),
    requestsHash: digest('requests'),
    ...{ uncles: [], withdrawals: [] },
  }
}

const digest = (seed: string) => `0x${createHash('sha256').update(seed).digest('hex')}`
const address = (seed: string) => digest(seed).slice(0, 42)
const topicOf = (of: string) => `0x${of.slice(2).padStart(64, '0')}`
