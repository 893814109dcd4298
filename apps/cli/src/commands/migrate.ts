import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { MIGRATIONS } from '../database/migrations.ts'
import { prepareDatabase, sayRoles } from '../database/prepare-database.ts'
import { printJson } from '../progress.ts'

const database = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })

/** `coffer migrate`: brings a database up to date, and the apps' roles. Safe to repeat. */
export const migrate = new Command('migrate')
  .description(
    'Bring the database at DATABASE_URL up to date, and what the role of each app may do there. ' +
      'Safe to repeat.',
  )
  .option('--json', 'print the result as one JSON line')
  .action(async ({ json }: { json?: true }) => {
    const { DATABASE_URL } = readConfig(database, process.env)
    await using postgres = openPostgres(DATABASE_URL, { applicationName: 'coffer' })
    const roles = await prepareDatabase(postgres)
    const schemas = MIGRATIONS.map(({ schema }) => schema)
    if (json) return printJson({ schemas, roles })
    console.log(`Up to date: ${schemas.join(', ')}. Roles: ${sayRoles(roles)}.`)
  })
