import { migrate as applyMigrations } from '@coffer/postgres/migrate'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { MIGRATIONS } from '../start-coffer.ts'

const database = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })

/** `coffer migrate`: brings a database up to date. Safe to repeat. */
export const migrate = new Command('migrate')
  .description('Bring the database at DATABASE_URL up to date. Safe to repeat.')
  .action(async () => {
    const { DATABASE_URL } = readConfig(database, process.env)
    await using postgres = openPostgres(DATABASE_URL, { applicationName: 'coffer' })
    await applyMigrations(postgres, MIGRATIONS)
    console.log(`Up to date: ${MIGRATIONS.map(({ schema }) => schema).join(', ')}.`)
  })
