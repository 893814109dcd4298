/** Writes, for every context, the migration that its changed tables need: `drizzle-kit generate`. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

for (const lib of readdirSync(join(ROOT, 'libs'))) {
  const folder = join(ROOT, 'libs', lib)
  if (!existsSync(join(folder, 'drizzle.config.ts'))) continue
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/drizzle-kit/bin.cjs'), 'generate'],
    { cwd: folder, stdio: 'inherit' },
  )
  if (status !== 0) process.exitCode = 1
}
