import type { Mutation } from './mutation.ts'

const PROOF = ['libs/evm/src/block-proof.test.ts']
const VERIFY = ['libs/deposits/src/adapters/verify-block.test.ts']
const VERIFY_BYTES = ['libs/deposits/src/adapters/verify-block-bytes.test.ts']
const READER = ['libs/deposits/src/adapters/json-rpc-chain-reader.test.ts']

/** Bugs in what is believed of a node. */
export const proofMutations: readonly Mutation[] = [
  {
    name: 'the receipts root is computed and not compared',
    file: 'libs/evm/src/block-proof.ts',
    find: 'if (found !== header.receiptsRoot.toLowerCase()) {',
    replace: "if (found === '') {",
    tests: PROOF,
  },
  {
    name: 'the logs bloom is not compared',
    file: 'libs/evm/src/block-proof.ts',
    find: 'logsBloom(logs()) !== header.logsBloom.toLowerCase()',
    replace: "logsBloom(logs()) === ''",
    tests: PROOF,
  },
  {
    name: 'any hash that a header makes up will do',
    file: 'libs/evm/src/block-proof.ts',
    find: 'if (hash === header.hash.toLowerCase()) return []',
    replace: 'return []',
    tests: PROOF,
  },
  {
    name: 'a topic sets two bits of the bloom instead of three',
    file: 'libs/evm/src/bloom.ts',
    find: 'bytes.readUInt16BE(HASH + 4) & 2047,',
    replace: 'bytes.readUInt16BE(HASH + 2) & 2047,',
    tests: ['libs/evm/src/bloom.test.ts'],
  },
  {
    name: 'no receipts at all are the receipts of an empty block',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: "if (told === null) throw refuse('the node has no receipts for it')",
    replace: 'if (told === null) return { ...header, receipts: [] }',
    tests: VERIFY,
  },
  {
    name: 'fewer receipts than transactions are enough',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'if (count !== transactions.length) {',
    replace: 'if (count > transactions.length) {',
    tests: VERIFY,
  },
  {
    name: 'a log that is missing between two others is not missed',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'if (numberAt(told, logIndex) !== expected) {',
    replace: 'if (numberAt(told, logIndex) < expected) {',
    tests: VERIFY,
  },
  {
    name: 'a log that a reorg removed counts',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: "if (logs[row + LOG.removed] === 1) return 'has a removed log'",
    replace: '',
    tests: VERIFY,
  },
  {
    name: "another block's receipt passes for one of this block",
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'if (!isHash(told, ofBlock, block)) return',
    replace: 'if (ofBlock === 0) return',
    tests: VERIFY,
  },
  {
    name: "a log's address keeps the letter case that the node gave it",
    file: 'libs/deposits/src/adapters/receipt-views.ts',
    find: "logText(this, LOG.address)?.toLowerCase() ?? ''",
    replace: "logText(this, LOG.address) ?? ''",
    tests: VERIFY,
  },
  {
    name: 'a receiver keeps the letter case that the node gave it',
    file: 'libs/deposits/src/adapters/receipt-views.ts',
    find: '(receiptText(this, RECEIPT.to)?.toLowerCase() ?? null)',
    replace: '(receiptText(this, RECEIPT.to) ?? null)',
    tests: VERIFY,
  },
  {
    name: 'a receipt without a list of logs has none',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: "if (at(told, row, RECEIPT.logs) === 0) return 'has no list of logs'",
    replace: '',
    tests: VERIFY_BYTES,
  },
  {
    name: 'a log of another transaction passes where its receipt is right',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'if (!isSameText(told, ofTransaction, ofReceipt, WORD)) {',
    replace: 'if (ofTransaction === 0) {',
    tests: VERIFY,
  },
  {
    name: 'a topic with a digit too many is hashed without it',
    file: 'libs/evm/src/rlp-tape.ts',
    find: 'if (tape.bytes[stop] !== QUOTE)',
    replace: 'if (tape.bytes[stop] === 0)',
    tests: ['libs/evm/src/receipt-table.test.ts'],
  },
  {
    name: 'an answer that is missing from a batch is none at all',
    file: 'libs/evm/src/told-receipts.ts',
    find: 'return told.includes(undefined) ? undefined :',
    replace: 'return told.length === 0 ? undefined :',
    tests: ['libs/evm/src/told-receipts.test.ts'],
  },
  {
    name: 'a value is taken from the transaction on another branch',
    file: 'libs/deposits/src/adapters/json-rpc-chain-reader.ts',
    find: 'answer.blockHash === block.hash &&',
    replace: '',
    tests: READER,
  },
  {
    name: 'a header of another height is taken for the one asked for',
    file: 'libs/deposits/src/adapters/json-rpc-chain-reader.ts',
    find: 'if (number !== height) throw',
    replace: 'if (number < 0n) throw',
    tests: READER,
  },
]
