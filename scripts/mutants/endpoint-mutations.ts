import type { Mutation } from './mutation.ts'

const quorum = 'libs/evm/src/quorum.ts'
const quorumTests = ['libs/evm/src/quorum.test.ts']
const set = 'libs/evm/src/address-set.ts'
const findCode = 'libs/evm/src/address-find-code.ts'
const setTests = ['libs/evm/src/address-set.test.ts']

/** Bugs in whom to ask and believe, and in who is watched. */
export const endpointMutations: readonly Mutation[] = [
  {
    name: 'a silent endpoint of hints is listened to for ever',
    file: 'libs/evm/src/new-heads.ts',
    find: `    silence = setTimeout(end, silentMs)
    isHeard = true`,
    replace: '    isHeard = true',
    tests: ['libs/evm/src/new-heads.integration.test.ts'],
  },
  {
    name: 'a hint at a new head is not listened to',
    file: 'apps/scanner/src/follow-chains.ts',
    find: 'onHead: hinted.call',
    replace: 'onHead: () => undefined',
    tests: ['apps/scanner/src/follow-chains.integration.test.ts'],
  },
  {
    name: 'one voice less than the quorum is enough',
    file: quorum,
    find: 'while (largest().length < needed) {',
    replace: 'while (largest().length < Math.max(1, needed - 1)) {',
    tests: quorumTests,
  },
  {
    name: 'two endpoints of one host are two voices',
    file: quorum,
    find: 'heard.add(next.host)',
    replace: '',
    tests: quorumTests,
  },
  {
    name: 'what witnesses say counts as agreed though they contradict each other',
    file: quorum,
    find: 'said.filter((other) => agree(one, other))',
    replace: 'said.filter((other) => one !== null || agree(one, other))',
    tests: quorumTests,
  },
  {
    name: 'an endpoint that names no chain once is never asked again',
    file: 'libs/evm/src/proven-chain.ts',
    find: "if (typeof answer !== 'string' || !/^0x[0-9a-f]{1,16}$/i.test(answer)) {",
    replace: 'if (answer === undefined) {',
    tests: ['libs/evm/src/endpoints.test.ts'],
  },
  {
    name: 'the first endpoint that fails is the last that is asked',
    file: 'libs/evm/src/pinned-work.ts',
    find: 'if (!isAnothersChance(error)) throw error',
    replace: 'throw error',
    tests: ['libs/evm/src/endpoints.test.ts'],
  },
  {
    name: 'an endpoint that is overloaded is sent as much as before',
    file: 'libs/evm/src/adaptive-limit.ts',
    find: 'concurrency = Math.max(1, concurrency / 2)',
    replace: 'concurrency = Math.max(1, concurrency)',
    tests: ['libs/evm/src/adaptive-limit.test.ts'],
  },
  {
    name: 'an endpoint that fails again and again is never left alone',
    file: 'libs/evm/src/circuit.ts',
    find: "if (failures < failuresMax || state(nowMs) === 'open') return",
    replace: 'return',
    tests: ['libs/evm/src/circuit.test.ts'],
  },
  {
    name: 'an address is watched if the hash of another has its tag',
    file: findCode,
    find: '...[...differ, I64_ZERO, ...leaveIf(depth)],',
    replace: '...leave(depth),',
    tests: setTests,
  },
  {
    name: 'an address is watched if another begins with its first 16 bytes',
    file: findCode,
    find: '...[...difference(load32Wide, 16), I64_OR],',
    replace: '',
    tests: setTests,
  },
  {
    name: 'an address that stands first in its part of the table is lost as it grows',
    file: 'libs/evm/src/address-table.ts',
    find: 'if (bytes[TAGS + slot] === 0) continue',
    replace: 'if (bytes[TAGS + slot] === 0 || slot === first) continue',
    tests: setTests,
  },
  {
    name: 'of more addresses than are asked for at once the later ones are taken for the first',
    file: set,
    find: 'if (table.isIn(each)) found.push(from + each)\n    return',
    replace: 'if (table.isIn(each)) found.push(each)\n    return',
    tests: setTests,
  },
  {
    name: 'digits that are none are asked for as if they were',
    file: set,
    find: 'if (!table.unhex(each, 1)) continue',
    replace: 'table.unhex(each, 1)',
    tests: setTests,
  },
  {
    name: 'one receiver that is no address moves those behind it',
    file: 'libs/deposits/src/domain/among-watched.ts',
    find: 'payments.every(({ to }) => isAddressText(to))',
    replace: 'payments.some(({ to }) => isAddressText(to))',
    tests: ['libs/deposits/src/domain/among-watched.test.ts'],
  },
]
