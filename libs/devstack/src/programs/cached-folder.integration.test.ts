import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { cachedFolder } from './cached-folder.ts'

test('callers at the same time fill a folder once, and all find it complete', async () => {
  await using parent = await temporaryFolder()
  const path = join(parent.path, 'filled')
  let fills = 0
  const fill = async (dir: string) => {
    fills++
    await writeFile(join(dir, 'a'), 'complete')
  }
  const texts = await Promise.all(
    Array.from({ length: 5 }, async () => {
      await cachedFolder(path, fill)
      return readFile(join(path, 'a'), 'utf8')
    }),
  )
  expect(texts).toEqual(Array(5).fill('complete'))
  expect(fills).toBe(1)
  expect(await readdir(parent.path)).toEqual(['filled'])
})

test('a fill that fails leaves nothing, and the next one is tried', async () => {
  await using parent = await temporaryFolder()
  const path = join(parent.path, 'filled')
  const failing = cachedFolder(path, async (dir) => {
    await writeFile(join(dir, 'a'), 'half')
    throw new Error('no network')
  })
  await expect(failing).rejects.toThrow('no network')
  expect(await readdir(parent.path)).toEqual([])
  await cachedFolder(path, (dir) => writeFile(join(dir, 'a'), 'complete'))
  expect(await readdir(path)).toEqual(['a'])
})

test('the lock of a process that died is taken over', async () => {
  await using parent = await temporaryFolder()
  const path = join(parent.path, 'filled')
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  await writeFile(`${path}.lock`, JSON.stringify({ pid, started: '1' }))
  await cachedFolder(path, (dir) => writeFile(join(dir, 'a'), 'complete'))
  expect(await readdir(parent.path)).toEqual(['filled'])
})
