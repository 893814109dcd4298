import { readFile } from 'node:fs/promises'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { checkSeals } from '@coffer/ledger/check-seals'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { printJson } from '../progress.ts'
import { exportedSeals, readSealFile } from '../seal-files.ts'

const settings = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })

type DoctorOptions = { seals?: string; json?: boolean }

/** `coffer doctor`: proves what must hold, on a live system, and names what does not. */
export const doctor = new Command('doctor')
  .description('Prove what must hold of the database at DATABASE_URL. It changes nothing.')
  .option('--ledger', 'the books: they balance, nobody has less than nothing, seals hold')
  .option('--seals <file>', 'also that the seals are those that were exported to this file')
  .option('--json', 'print every violation as JSON')
  .action(async ({ seals, json = false }: DoctorOptions) => {
    const { DATABASE_URL } = readConfig(settings, process.env)
    const exported = seals && readSealFile(exportedSeals, await readFile(seals, 'utf8'))
    await using postgres = openPostgres(DATABASE_URL, { applicationName: 'doctor' })
    const violations = [
      ...(await checkLedger(postgres)),
      ...(await checkSeals(postgres, exported ? exported.seals : [])),
    ]
    if (violations.length > 0) process.exitCode = 1
    if (json) return printJson(violations)
    const [first] = violations
    if (first === undefined) {
      return console.log('The ledger agrees with itself: I1, I6 and I10 hold.')
    }
    console.log(`${first.invariant} does not hold. ${first.subject}: ${first.problem}`)
    const rest = violations.length - 1
    if (rest > 0) console.log(`${rest} more: see them with --json.`)
  })
