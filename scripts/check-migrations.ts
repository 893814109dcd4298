/** Checks that the committed migrations make the tables that the code describes. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { foldersWithTables, generateMigration, ROOT } from './generate-migration.ts'

for (const folder of foldersWithTables()) {
  const problem = problemOf(folder)
  if (problem === undefined) continue
  process.stdout.write(`${relative(ROOT, folder)}: ${problem}\n`)
  process.exitCode = 1
}

function problemOf(folder: string): string | undefined {
  mkdirSync(join(ROOT, '.coffer'), { recursive: true })
  const copy = mkdtempSync(join(ROOT, '.coffer', 'migrations-'))
  try {
    const migrations = join(folder, 'migrations')
    cpSync(migrations, copy, { recursive: true })
    const { ok, said } = generateMigration(folder, relative(folder, copy))
    if (!ok) return `drizzle-kit could not compare tables and migrations.\n${said}`
    const isSame = readdirSync(copy).length === readdirSync(migrations).length
    return isSame ? undefined : 'the tables have changed. Run npm run migrations.'
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
