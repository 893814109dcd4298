import { TRANSFER, transferLog, word } from '@coffer/deposits/testing/fake-transfers'
import type { SeededRandom } from '@coffer/simulator/seeded-random'
import type { Happening } from './coverage.ts'
import { PEOPLE } from './people.ts'

type Json = Record<string, unknown>
type LogLie = (random: SeededRandom, logs: readonly Json[]) => unknown

/** One of the logs, changed. */
const onOne = (random: SeededRandom, logs: readonly Json[], change: (log: Json) => Json) => {
  if (logs.length === 0) return undefined
  const chosen = random.pick(logs)
  return logs.map((log) => (log === chosen ? change(log) : log))
}

/** What a node may make of the logs of a range of blocks. */
export const LOG_LIES: readonly (readonly [Happening, LogLie])[] = [
  ['node: logs hidden', (_, logs) => (logs[0] ? [] : undefined)],
  ['node: logs null', () => null],
  ['node: logs cut', (_, logs) => (logs[0] ? logs.slice(0, -1) : undefined)],
  [
    'node: a log of the range left out',
    (random, logs) => (logs[0] ? logs.toSpliced(random.below(logs.length), 1) : undefined),
  ],
  ['node: log of the range twice', (_, logs) => (logs[0] ? [logs[0], ...logs] : undefined)],
  [
    'node: log of the range removed',
    (random, logs) => onOne(random, logs, (log) => ({ ...log, removed: true })),
  ],
  [
    'node: log of the range of another amount',
    (random, logs) => onOne(random, logs, (log) => ({ ...log, data: word(10n ** 20n) })),
  ],
  [
    'node: log of the range of another block',
    (random, logs) => onOne(random, logs, (log) => ({ ...log, blockHash: word(5n) })),
  ],
  [
    'node: log of the range of another receiver',
    (random, logs) =>
      onOne(random, logs, (log) => {
        const [topic = TRANSFER, from = TRANSFER] = log.topics as string[]
        return { ...log, topics: [topic, from, word(random.pick(PEOPLE).address)] }
      }),
  ],
  [
    'node: log forged into the range',
    (random, logs) => {
      const last = logs.at(-1)
      if (last === undefined) return undefined
      const logIndex = `0x${(Number(last.logIndex) + 1).toString(16)}`
      return [
        ...logs,
        { ...last, ...transferLog(random.pick(PEOPLE).address, 10n ** 20n), logIndex },
      ]
    },
  ],
]
