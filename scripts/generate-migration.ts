import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..')

/** The folders of all contexts and libraries that have tables. */
export function foldersWithTables(): string[] {
  return readdirSync(join(ROOT, 'libs'))
    .map((name) => join(ROOT, 'libs', name))
    .filter((folder) => existsSync(join(folder, 'drizzle.config.ts')))
}

/**
 * Has drizzle-kit write what `folder`'s tables need beyond the migrations in `out`, a path from
 * `folder`, into `out`. Answers what it said, and whether it could.
 */
export function generateMigration(folder: string, out: string): { ok: boolean; said: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/drizzle-kit/bin.cjs'),
      'generate',
      '--dialect=postgresql',
      '--casing=snake_case',
      '--schema=./src/schema.ts',
      `--out=${out}`,
    ],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return { ok: status === 0, said: `${stdout}${stderr}` }
}
