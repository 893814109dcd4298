import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CofferConfig } from '../chain-config.ts'

/** Path of a `coffer.config.ts` that says `config`; gone when the test has finished. */
export async function configFile(config: CofferConfig | unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-config-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'coffer.config.ts')
  await writeFile(path, config === undefined ? '' : `export default ${JSON.stringify(config)}`)
  return path
}
