import { ConfigError } from '@coffer/runtime/read-config'
import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { ApiCallError } from './api-client.ts'
import { ImportFileError } from './commands/addresses.ts'
import { SealMissingError } from './commands/ledger.ts'
import { exitOfError } from './exit-of-error.ts'
import { NoCofferError } from './running-coffer.ts'

const systemError = (code: string, syscall = 'connect') =>
  Object.assign(new Error(code), { code, syscall })

const answered = (status: number) => new ApiCallError('GET /v1/x', 'no', { status })

test.each([
  ['an unknown option', new CommanderError(1, 'commander.unknownOption', 'no'), 'usage'],
  ['help that was asked for', new CommanderError(0, 'commander.helpDisplayed', ''), 'done'],
  ['a wrong variable', new ConfigError(['no']), 'usage'],
  ['a file of something else', new ImportFileError('x', new Error('no')), 'usage'],
  ['a file that is not there', new ImportFileError('x', systemError('ENOENT', 'open')), 'missing'],
  ['a key file that is not there', systemError('ENOENT', 'open'), 'missing'],
  ['a program that is not there', systemError('ENOENT', 'spawn java'), 'failed'],
  ['nothing under a reference', new SealMissingError('x'), 'missing'],
  ['404', answered(404), 'missing'],
  ['400', answered(400), 'refused'],
  ['403', answered(403), 'refused'],
  ['409', answered(409), 'refused'],
  ['429', answered(429), 'unreachable'],
  ['500', answered(500), 'failed'],
  ['503', answered(503), 'unreachable'],
  [
    'no API',
    new ApiCallError('GET /', 'away', {
      cause: new TypeError('fetch failed', { cause: systemError('ECONNREFUSED') }),
    }),
    'unreachable',
  ],
  ['no Coffer', new NoCofferError(), 'unreachable'],
  [
    'no database, by either of two addresses',
    new Error('Failed query', {
      cause: new AggregateError([systemError('ECONNREFUSED'), systemError('ENETUNREACH')], ''),
    }),
    'unreachable',
  ],
  ['a bug', new TypeError('x is undefined'), 'failed'],
  ['what is no error', 'text', 'failed'],
])('%s ends a command as it should', (_, error, exit) => {
  expect(exitOfError(error)).toBe(exit)
})
