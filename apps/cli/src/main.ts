#!/usr/bin/env node
import { AppError, describeError } from '@coffer/errors/app-error'
import { program } from 'commander'
import { addresses } from './commands/addresses.ts'
import { analytics } from './commands/analytics.ts'
import { audit } from './commands/audit.ts'
import { balances } from './commands/balances.ts'
import { chain } from './commands/chain.ts'
import { demo } from './commands/demo.ts'
import { deposits } from './commands/deposits.ts'
import { dlq } from './commands/dlq.ts'
import { doctor } from './commands/doctor.ts'
import { down } from './commands/down.ts'
import { gaps } from './commands/gaps.ts'
import { health } from './commands/health.ts'
import { ledger } from './commands/ledger.ts'
import { migrate } from './commands/migrate.ts'
import { rebuild } from './commands/rebuild.ts'
import { reconcile } from './commands/reconcile.ts'
import { rescan } from './commands/rescan.ts'
import { signer } from './commands/signer.ts'
import { simulate } from './commands/simulate.ts'
import { topics } from './commands/topics.ts'
import { up } from './commands/up.ts'

program
  .name('coffer')
  .description('Wallet deposit scanner and account service for EVM chains.')
  .addCommand(up)
  .addCommand(down)
  .addCommand(demo)
  .addCommand(doctor)
  .addCommand(ledger)
  .addCommand(simulate)
  .addCommand(signer)
  .addCommand(reconcile)
  .addCommand(rescan)
  .addCommand(rebuild)
  .addCommand(analytics)
  .addCommand(chain)
  .addCommand(gaps)
  .addCommand(audit)
  .addCommand(deposits)
  .addCommand(balances)
  .addCommand(dlq)
  .addCommand(addresses)
  .addCommand(migrate)
  .addCommand(topics)
  .addCommand(health)
  .showHelpAfterError()

try {
  await program.parseAsync()
} catch (error) {
  // A failure that we named needs no stack trace; anything else is a bug and shows one.
  console.error(error instanceof AppError ? `coffer: ${describeError(error)}` : error)
  process.exitCode = 1
}
