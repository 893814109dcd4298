import type { Mutation } from './mutation.ts'

const PROOF = ['libs/evm/src/block-proof.test.ts']
const VERIFY = ['libs/deposits/src/adapters/verify-block.test.ts']
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
    find: "if (receipts === null) throw refuse('the node has no receipts for it')",
    replace: 'if (receipts === null) return { ...header, receipts: [] }',
    tests: VERIFY,
  },
  {
    name: 'fewer receipts than transactions are enough',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'if (receipts.length !== answer.transactions.length) {',
    replace: 'if (receipts.length > answer.transactions.length) {',
    tests: VERIFY,
  },
  {
    name: 'a log that is missing between two others is not missed',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'Number(logIndex) !== before + index',
    replace: 'Number(logIndex) < before + index',
    tests: VERIFY,
  },
  {
    name: 'a log that a reorg removed counts',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: "if (log.removed === true) return 'has a removed log'",
    replace: '',
    tests: VERIFY,
  },
  {
    name: "another block's receipt passes for one of this block",
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'if (receipt.blockHash !== blockHash) return',
    replace: "if (receipt.blockHash === '') return",
    tests: VERIFY,
  },
  {
    name: "a log's address keeps the letter case that the node gave it",
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: 'address: address.toLowerCase(),',
    replace: 'address,',
    tests: VERIFY,
  },
  {
    name: 'a receiver keeps the letter case that the node gave it',
    file: 'libs/deposits/src/adapters/verify-block.ts',
    find: '(address.toLowerCase() as Address)',
    replace: '(address as Address)',
    tests: VERIFY,
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
