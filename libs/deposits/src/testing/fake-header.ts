import { logsBloom } from '@coffer/evm/bloom'
import { headerHash } from '@coffer/evm/header-hash'
import { receiptsRoot } from '@coffer/evm/receipts-root'
import { withdrawalsRoot } from '@coffer/evm/withdrawals-root'
import type { RpcHeader, RpcReceipt } from '../adapters/rpc-answers.ts'
import type { FakeBlock, FakeTransaction } from './fake-chain.ts'

const GWEI = 10n ** 9n

/** What each transaction uses. */
export const FAKE_GAS = 21_000

const hex = (value: bigint | number): string => `0x${value.toString(16)}`

const word = (value: bigint | number): string => `0x${value.toString(16).padStart(64, '0')}`

/** A header that proves itself and the receipts of its transactions, as an honest node's does. */
export function fakeHeader({
  number,
  parentHash,
  transactions,
  producer,
  made,
  ...paid
}: Omit<FakeBlock, 'hash' | 'header'> & { made: number }): RpcHeader {
  const withdrawals = paid.withdrawals.map(({ index, to: address, amount }) => {
    return { index: hex(index), validatorIndex: '0x7', address, amount: hex(amount / GWEI) }
  })
  const logs = transactions.flatMap((transaction) => transaction.logs)
  const header = {
    number: hex(number),
    parentHash,
    sha3Uncles: word(0),
    miner: producer,
    stateRoot: word(made),
    transactionsRoot: word(0),
    receiptsRoot: receiptsRoot(fakeReceipts({ hash: word(0), transactions })),
    logsBloom: logsBloom(logs),
    difficulty: '0x0',
    gasLimit: hex(30_000_000),
    gasUsed: hex(FAKE_GAS * transactions.length),
    timestamp: hex(1_700_000_000n + number),
    extraData: '0x',
    mixHash: word(0),
    nonce: '0x0000000000000000',
    baseFeePerGas: '0x0',
    withdrawalsRoot: withdrawalsRoot(withdrawals),
    withdrawals,
    transactions: transactions.map(({ hash }) => hash),
  }
  return { ...header, hash: headerHash(header) ?? '' }
}

/** The receipts of a block with this hash; only their own fields say so, not their root. */
export function fakeReceipts(block: {
  hash: string
  transactions: readonly FakeTransaction[]
}): RpcReceipt[] {
  let logIndex = 0
  return block.transactions.map(
    ({ hash: transactionHash, succeeded, logs, tip, ...rest }, index) => ({
      transactionHash,
      blockHash: block.hash,
      from: rest.from,
      to: rest.to,
      contractAddress: rest.created,
      type: '0x2',
      status: succeeded ? '0x1' : '0x0',
      cumulativeGasUsed: hex(FAKE_GAS * (index + 1)),
      effectiveGasPrice: hex(tip),
      logsBloom: logsBloom(logs),
      logs: logs.map((log) => {
        const place = { blockHash: block.hash, transactionHash, logIndex: hex(logIndex) }
        logIndex += 1
        return { ...log, ...place, removed: false }
      }),
    }),
  )
}
