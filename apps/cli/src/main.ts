#!/usr/bin/env node
import { program } from 'commander'
import { endWith } from './end-with.ts'
import { exitCodesHelp } from './exit-codes.ts'
import { loadCommands } from './load-commands.ts'
import { tellFailure, throwing, wantsJson } from './tell-failure.ts'

program.name('coffer').description('Wallet deposit scanner and account service for EVM chains.')
for (const command of await loadCommands(process.argv[2])) program.addCommand(command)
program.showHelpAfterError().addHelpText('after', `\n${exitCodesHelp()}`)

const isJson = wantsJson(process.argv)
try {
  await throwing(program, isJson).parseAsync()
} catch (error) {
  endWith(tellFailure(error, isJson))
}
