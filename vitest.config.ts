import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/longest-first.ts'

/** kafkajs computes a negative timeout now and then, harmlessly; Node has a warning for each. */
const execArgv = ['--disable-warning=TimeoutNegativeWarning']

/** Whether they are asked for: a run of everything leaves them out. */
const DRILLS = process.argv.includes('--project=drills')

const ignored = ['**/node_modules/**', '**/.coffer/**']

/**
 * Projects run one after another (`groupOrder`). Integration tests share one stack of real parts;
 * an end-to-end test starts a whole Coffer of its own.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    allowOnly: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ignored, '**/*.{integration,e2e,drill}.test.ts'],
          // They touch nothing outside themselves: whoever loads a module loads it for the next.
          isolate: false,
          // Properties take seconds, and several times that where others use the machine too.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['**/*.integration.test.ts'],
          exclude: ignored,
          execArgv,
          globalSetup: './libs/testkit/src/global-setup.ts',
          testTimeout: 60_000,
          // What a test needs for itself it makes for itself, so modules are loaded once for all.
          isolate: false,
          // Some start parts of their own, which may take 90 s each on a busy machine.
          hookTimeout: 120_000,
          // Many wait: for a broker that was killed to be back, for a lease to run out.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.e2e.test.ts'],
          execArgv,
          isolate: false,
          // Many times what it takes: others may use the machine.
          testTimeout: 300_000,
          hookTimeout: 180_000,
          // Half of a file's time is waiting, as for brokers that were killed.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          // What takes longer than everybody's test run may: `npm run drills`.
          name: 'drills',
          include: DRILLS ? ['tests/e2e/**/*.drill.test.ts'] : [],
          execArgv,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
