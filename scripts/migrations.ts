/** Writes, for every context, the migration that its changed tables need. */
import { relative } from 'node:path'
import { foldersWithTables, generateMigration, ROOT } from './generate-migration.ts'

for (const folder of foldersWithTables()) {
  const { ok, said } = generateMigration(folder, './migrations')
  process.stdout.write(`${relative(ROOT, folder)}:\n${said}\n`)
  if (!ok) process.exitCode = 1
}
