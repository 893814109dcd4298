#!/usr/bin/env node
import { AppError, describeError } from '@coffer/errors/app-error'
import { program } from 'commander'
import { loadCommands } from './load-commands.ts'

program.name('coffer').description('Wallet deposit scanner and account service for EVM chains.')
for (const command of await loadCommands(process.argv[2])) program.addCommand(command)
program.showHelpAfterError()

try {
  await program.parseAsync()
} catch (error) {
  // A failure that we named needs no stack trace; anything else is a bug and shows one.
  console.error(error instanceof AppError ? `coffer: ${describeError(error)}` : error)
  process.exitCode = 1
}
