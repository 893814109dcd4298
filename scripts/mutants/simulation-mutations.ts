import type { Mutation } from './mutation.ts'

const simulation = ['simulation/src/simulate-seeds.test.ts']
const nextBlocks = 'libs/deposits/src/usecases/scan-next-blocks.ts'

/** Bugs that show when many things happen at once: the simulation has to notice each of them. */
export const simulationMutations: readonly Mutation[] = [
  {
    name: 'a rescan that was under way when its chain was latched is told',
    file: 'libs/deposits/src/adapters/postgres-rescans.ts',
    find: 'const { start, ...finality } = await lockScanned(tx, chain, lease())',
    replace: 'const { start, ...finality } = await lockChain(tx, chain, lease())',
    tests: ['libs/deposits/src/adapters/postgres-scan-store.integration.test.ts'],
  },
  {
    name: 'what a holder sent on is taken for what its token kept',
    file: 'libs/deposits/src/usecases/measure-arrivals.ts',
    find: 'gain + sentAmount(block, holding)',
    replace: 'gain',
    tests: simulation,
  },
  {
    name: 'a lifted latch leaves what is not on the chain',
    file: 'libs/deposits/src/usecases/unlatch-chain.ts',
    find: '{ from: now.checkpoint, to: now.keeps }',
    replace: '{ from: now.checkpoint, to: now.checkpoint }',
    tests: simulation,
  },
  {
    name: 'what was read is stored on whatever was read before it',
    file: nextBlocks,
    find: '(state.checkpoint && !standsOn(first, state.checkpoint))',
    replace: '(state.checkpoint && first.number !== state.checkpoint.number + 1n)',
    tests: simulation,
  },
  {
    name: 'the addresses are those of the start of the process',
    file: 'libs/deposits/src/usecases/find-deposits.ts',
    find: 'await watched.refresh()',
    replace: 'if (!watched.has(String(rules.native))) await Promise.resolve()',
    tests: simulation,
  },
  {
    name: 'who has failed once is asked again and nobody else',
    file: 'libs/evm/src/pinned-work.ts',
    find: 'filter((endpoint) => !tried.has(endpoint))',
    replace: 'filter((endpoint) => tried.size === 0 || tried.has(endpoint))',
    tests: [...simulation, 'libs/evm/src/endpoints.test.ts'],
  },
  {
    name: 'what the audit finds missed is told and not stored',
    file: 'libs/deposits/src/domain/compare-deposits.ts',
    find: '    absent.push(transfer)\n',
    replace: '',
    tests: simulation,
  },
  {
    name: 'the audit passes over what is stored with another amount',
    file: 'libs/deposits/src/domain/compare-deposits.ts',
    find: "if (detail !== '') findings.push",
    replace: "if (detail.startsWith('asset')) findings.push",
    tests: simulation,
  },
  {
    name: 'a balance that is too low is no difference',
    file: 'libs/deposits/src/usecases/judge-balances.ts',
    find: 'if (unexplained({ ...balance, sent: 0n }) === 0n) return undefined',
    replace: 'if (unexplained({ ...balance, sent: 0n }) <= 0n) return undefined',
    tests: simulation,
  },
  {
    name: 'a block is final by the word of one node, whatever the quorum is',
    file: 'libs/deposits/src/usecases/agree-on-final.ts',
    find: 'await witnesses.headerAt(height, quorum)',
    replace: 'await witnesses.headerAt(height, 1)',
    tests: simulation,
  },
]
