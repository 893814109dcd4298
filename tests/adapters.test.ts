/**
 * An adapter is only as good as its meeting with the real thing. Goal: none is left without one.
 * Method: follow the imports of every integration test, and look which adapters are never reached.
 */
import { dirname, join } from 'node:path/posix'
import { expect, test } from 'vitest'
import { repositoryFiles } from './repository-files.ts'

/** Reached by no integration test, and why that is enough. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'libs/ledger/src/adapters/prometheus-booking-metrics.ts': 'it only counts, in memory',
}

const texts = new Map(repositoryFiles(/\.ts$/).map(({ path, text }) => [path, text]))
const exported = new Map(
  repositoryFiles(/^libs\/[^/]+\/package\.json$/).flatMap(({ path, text }) => {
    const { name, exports = {} }: Manifest = JSON.parse(text)
    return Object.entries(exports).map(([key, file]) => [
      name + key.slice(1),
      join(dirname(path), file),
    ])
  }),
)

type Manifest = { name: string; exports?: Record<string, string> }

test('every adapter meets the real thing in an integration test', () => {
  const adapters = [...texts.keys()].filter((path) =>
    /^libs\/[^/]+\/src\/adapters\/(?!.*\.test\.ts$)/.test(path),
  )
  const integrationTests = [...texts.keys()].filter((path) => /\.integration\.test\.ts$/.test(path))
  const reached = reachableFrom(integrationTests)

  const unmet = adapters.filter((path) => !reached.has(path) && !(path in ELSEWHERE))

  expect(adapters.length).toBeGreaterThan(0)
  expect(unmet).toEqual([])
})

test('what is named as an exception is one', () => {
  const reached = reachableFrom([...texts.keys()].filter((path) => path.includes('.integration.')))

  expect(Object.keys(ELSEWHERE).filter((path) => reached.has(path) || !texts.has(path))).toEqual([])
})

function reachableFrom(starts: readonly string[]): ReadonlySet<string> {
  const reached = new Set(starts)
  for (const path of reached) {
    for (const imported of importsOf(path)) reached.add(imported)
  }
  return reached
}

function importsOf(path: string): string[] {
  // A client that is loaded only where it is needed is imported in the midst of a line.
  const sources = (texts.get(path) ?? '').matchAll(
    /(?:^(?:import|\} from|export)\b[^'\n]*|await import\()'([^']+)'/gm,
  )
  return [...sources].flatMap(([statement, source = '']) => {
    if (/^(import|export) type\b/.test(statement)) return []
    if (source.startsWith('.')) return [join(dirname(path), source)]
    const file = exported.get(source)
    return file === undefined ? [] : [file]
  })
}
