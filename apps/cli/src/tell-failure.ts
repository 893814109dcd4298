import { AppError, describeError } from '@coffer/errors/app-error'
import { type Command, CommanderError } from 'commander'
import { ApiCallError } from './api-client.ts'
import { EXIT_CODES, type ExitName } from './exit-codes.ts'
import { causesOf, exitOfError } from './exit-of-error.ts'

/** Whether a command line asks for JSON; then failures are told as JSON, too. */
export const wantsJson = (words: readonly string[]): boolean =>
  words.slice(0, words.indexOf('--') < 0 ? undefined : words.indexOf('--')).includes('--json')

/** Has `command` and those below it throw what they refuse, and say nothing of it if `isJson`. */
export function throwing(command: Command, isJson: boolean): Command {
  command.exitOverride()
  if (isJson) command.configureOutput({ writeErr: () => undefined })
  for (const below of command.commands) throwing(below, isJson)
  return command
}

/** Tells on standard error why a command has failed, and answers how it ends. */
export function tellFailure(error: unknown, isJson: boolean): ExitName {
  const exit = exitOfError(error)
  if (exit === 'done') return exit
  if (isJson) console.error(JSON.stringify({ error: factsOf(error, exit) }))
  // What a command line lacks has been said with its usage.
  else if (!(error instanceof CommanderError)) {
    console.error(isExpected(error, exit) ? `coffer: ${saysOf(error)}` : error)
  }
  return exit
}

/** A failure that has a name needs no stack trace; anything else is a bug and shows one. */
const isExpected = (error: unknown, exit: ExitName) =>
  error instanceof AppError || exit !== 'failed'

const factsOf = (error: unknown, exit: ExitName) => ({
  code: codeOf(error),
  message: saysOf(error),
  exit,
  exitCode: EXIT_CODES[exit].code,
  ...(error instanceof ApiCallError && { status: error.status, type: error.type }),
})

function codeOf(error: unknown): string {
  if (error instanceof CommanderError) return 'USAGE'
  if (error instanceof AppError) return error.code
  const named = causesOf(error).find(({ code }) => typeof code === 'string')
  return named === undefined ? 'UNEXPECTED' : `${named.code}`
}

function saysOf(error: unknown): string {
  if (error instanceof CommanderError) return error.message.replace(/^error: /, '')
  if (error instanceof AppError) return describeError(error)
  // What was asked for is no news to who asked: what is wrong stands at the root.
  const causes = causesOf(error)
  const root = causes.findLast(({ message }) => message !== '')
  return root?.message ?? describeError(error)
}
