import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Amount, runMaven } from './maven.ts'

const DOWNLOADED =
  '[INFO] Downloaded from central: maven2/com/github/zstd-jni.jar (6.7 MB at 16 MB/s)'

test('tells how much is there with each file, and that it is whole at the end alone', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'coffer-maven-'))
  const told: [string, Amount][] = []

  await runMaven({
    ...{ dir, artifacts: ['a:b:1'], goal: 'copy-dependencies', settings: [] },
    ...{ bytesAbout: 10_000_000, onSpawn: () => undefined },
    onProgress: (detail, amount) => void told.push([detail, amount]),
    run: async (_command, _args, options) => {
      for (const line of [DOWNLOADED, '[INFO] Copying', DOWNLOADED]) options?.onLine?.(line)
      return { code: 0, output: '' }
    },
  })
  await rm(dir, { recursive: true })

  expect(told).toEqual([
    ['1 files', { done: 6_700_000, of: 10_000_000 }],
    ['2 files', { done: 9_900_000, of: 10_000_000 }],
    ['2 files', { done: 13_400_000, of: 13_400_000 }],
  ])
})
