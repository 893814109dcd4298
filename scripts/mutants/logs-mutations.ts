import type { Mutation } from './mutation.ts'

const blocks = 'libs/deposits/src/adapters/logged-blocks.ts'
const table = 'libs/evm/src/log-table.ts'
const verify = 'libs/deposits/src/adapters/verify-logs.ts'
const tests = ['libs/deposits/src/adapters/logged-blocks.test.ts']
const FOUND = ['libs/deposits/src/usecases/prove-found.test.ts']

/** Bugs in reading blocks by their logs. */
export const logsMutations: readonly Mutation[] = [
  {
    name: 'logs are believed whatever the bloom of their block says',
    file: verify,
    find: 'if (tableBloom(table, from, to) === header.logsBloom.toLowerCase()) return undefined',
    replace: 'return undefined',
    tests,
  },
  {
    name: 'logs may be numbered with gaps',
    file: verify,
    find: 'if (logIndex !== index) return',
    replace: 'if (logIndex < index) return',
    tests,
  },
  {
    name: 'a bloom counts, though its header does not have its own hash',
    file: verify,
    find: 'if (problems.length > 0) throw new',
    replace: 'if (problems.length > 1) throw new',
    tests,
  },
  {
    name: 'a log is numbered within its block, not among those of its transaction',
    file: 'libs/deposits/src/adapters/logs-in-table.ts',
    find: 'if (transaction !== before) index = 0',
    replace: '',
    tests,
  },
  {
    name: 'of a word that is compared with the one before it the last digit does not count',
    file: table,
    find: 'let at = WORD_TEXT; at >= 0; at--',
    replace: 'let at = WORD_TEXT - 2; at >= 0; at--',
    tests: ['libs/evm/src/log-table.test.ts'],
  },
  {
    name: 'a topic of more than an address counts as one',
    file: 'libs/evm/src/address-in-word.ts',
    find: 'if (bytes[at] !== ZERO) return -1',
    replace: 'if (bytes[at] === QUOTE) return -1',
    tests: ['libs/evm/src/log-table.test.ts'],
  },
  {
    name: 'an answer that may have been cut off is believed',
    file: blocks,
    find: 'if (!isRound(table.count)) return read',
    replace: 'if (table.count >= 0) return read',
    tests,
  },
  {
    name: 'the amount that a log tells is believed where it should be proven',
    file: 'libs/deposits/src/usecases/find-deposits.ts',
    find: 'areLogsTrusted ? read : await proven(read)',
    replace: 'areLogsTrusted ? read : await proven([]).then(() => read)',
    tests: FOUND,
  },
  {
    name: 'a transfer whose topic is in capitals is none',
    file: table,
    find: 'if (((bytes[place + at] ?? 0) | LOWER) !== hex.charCodeAt(at)) return false',
    replace: 'if (bytes[place + at] !== hex.charCodeAt(at)) return false',
    tests: ['libs/deposits/src/adapters/logged-blocks-doubts.test.ts'],
  },
]
