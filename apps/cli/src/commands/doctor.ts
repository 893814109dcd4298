import { checkLedger } from '@coffer/ledger/check-ledger'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { printJson } from '../progress.ts'

const settings = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })

/** `coffer doctor`: proves what must hold, on a live system, and names what does not. */
export const doctor = new Command('doctor')
  .description('Prove what must hold of the database at DATABASE_URL. It changes nothing.')
  .option('--ledger', 'the books: they balance, and nobody has less than nothing')
  .option('--json', 'print every violation as JSON')
  .action(async ({ json = false }: { ledger?: boolean; json?: boolean }) => {
    const { DATABASE_URL } = readConfig(settings, process.env)
    await using postgres = openPostgres(DATABASE_URL, { applicationName: 'doctor' })
    const violations = await checkLedger(postgres)
    if (violations.length > 0) process.exitCode = 1
    if (json) return printJson(violations)
    const [first] = violations
    if (first === undefined) return console.log('The ledger agrees with itself: I1 and I6 hold.')
    console.log(`${first.invariant} does not hold. ${first.subject}: ${first.problem}`)
    const rest = violations.length - 1
    if (rest > 0) console.log(`${rest} more: see them with --json.`)
  })
