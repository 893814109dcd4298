import { migrate as applyMigrations } from '@coffer/postgres/migrate'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { printJson } from '../progress.ts'
import { MIGRATIONS } from '../start-coffer.ts'

const database = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })

/** `coffer migrate`: brings a database up to date. Safe to repeat. */
export const migrate = new Command('migrate')
  .description('Bring the database at DATABASE_URL up to date. Safe to repeat.')
  .option('--json', 'print the result as one JSON line')
  .action(async ({ json }: { json?: true }) => {
    const { DATABASE_URL } = readConfig(database, process.env)
    await using postgres = openPostgres(DATABASE_URL, { applicationName: 'coffer' })
    await applyMigrations(postgres, MIGRATIONS)
    const schemas = MIGRATIONS.map(({ schema }) => schema)
    if (json) return printJson({ schemas })
    console.log(`Up to date: ${schemas.join(', ')}.`)
  })
