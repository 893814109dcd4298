/**
 * Goal: scripts can tell from the code why a command ended, and read why. Method: `coffer` as a
 * process, and a server that answers what it is asked to; nothing else runs.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quickNode } from '@coffer/testkit/quick-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXIT_CODES, type ExitName, exitCodesHelp } from './exit-codes.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
const NOWHERE = 'http://127.0.0.1:9'

let server: Server
let api: string
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coffer-exit-'))
  await writeFile(join(folder, 'key.pem'), 'a key')
  await writeFile(join(folder, 'seals.json'), '{}')
  server = createServer((request, response) => {
    const status = Number(/by-(\d+)/.exec(request.url ?? '')?.[1] ?? 200)
    const problem = { type: '/errors/some-problem', title: 'No', detail: 'The reason.' }
    const answer = status === 200 ? { items: [], nextCursor: null } : problem
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

type Ended = { code: number; stdout: string; stderr: string }

const coffer = (...args: string[]) =>
  new Promise<Ended>((resolve) => {
    const { PATH = '', HOME = '' } = process.env
    const env = { PATH, HOME, COFFER_HOME: folder, DATABASE_URL: 'postgres://u@127.0.0.1:9/none' }
    const given = [...quickNode.args, MAIN, ...args]
    execFile(process.execPath, given, { env: { ...quickNode.env, ...env } }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), stdout: out, stderr: err })
    })
  })

const revoke = (id: string, at = api) => ['keys', 'revoke', id, '--api', at, '--key', 'k']
const listing = () => ['keys', 'list', '--api', api, '--key', 'k']
const prove = (key: string) => ['ledger', 'prove', 'x', '--key', join(folder, key)]

const CASES: readonly [string, ExitName, () => string[], string][] = [
  ['a list', 'done', listing, ''],
  ['an unknown command', 'usage', () => ['keys', 'lost'], "unknown command 'lost'"],
  ['an unknown option', 'usage', () => ['keys', 'list', '--lost'], "unknown option '--lost'"],
  ['a count that is none', 'usage', () => ['demo', '--users', 'many'], 'a whole number from 0.'],
  [
    'a file of something else',
    'usage',
    () => ['ledger', 'verify-seal', join(folder, 'seals.json')],
    'holds no seals',
  ],
  ['what the API has not', 'missing', () => revoke('by-404'), 'revoke failed: The reason.'],
  ['a file that is not there', 'missing', () => prove('none.pem'), 'no such file'],
  ['what the API refuses', 'refused', () => revoke('by-409'), 'failed: The reason.'],
  ['a bug of the API', 'failed', () => revoke('by-500'), 'failed: The reason.'],
  ['a busy API', 'unreachable', () => revoke('by-503'), 'failed: The reason.'],
  ['no API', 'unreachable', () => revoke('x', NOWHERE), `nothing answers at ${NOWHERE}`],
  ['no Coffer', 'unreachable', () => ['keys', 'list'], 'No running Coffer is known here.'],
  ['no database', 'unreachable', () => prove('key.pem'), 'connect ECONNREFUSED 127.0.0.1:9'],
  ['what is not well', 'unwell', () => ['health', '--app', `x=${NOWHERE}`], ''],
]

test.concurrent.each(CASES)('%s ends as %s, and says why as JSON', async (_, exit, args, says) => {
  const { code, stderr } = await coffer(...args(), '--json')

  expect(code).toBe(EXIT_CODES[exit].code)
  if (says === '') return expect(stderr).toBe('')
  const { error } = JSON.parse(stderr)
  expect(error).toMatchObject({ exit, exitCode: code, message: expect.stringContaining(says) })
  expect(error.code).toMatch(/^[A-Z_]+$/)
})

test('says in one line what is no bug of ours, and with its usage what was called wrongly', async () => {
  const away = await coffer(...prove('key.pem'))
  const wrong = await coffer('keys', 'lost')
  const half = await coffer('keys')

  expect(away).toEqual({
    ...{ code: 5, stdout: '' },
    stderr: 'coffer: connect ECONNREFUSED 127.0.0.1:9\n',
  })
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).toMatch(/^error: unknown command 'lost'\n/)
  expect(half).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^Usage: /) })
})

test('tells as JSON what the API said, and of which kind it was', async () => {
  const { stderr, stdout } = await coffer(...revoke('by-404'), '--json')

  expect(stdout).toBe('')
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: 'CLI_API_CALL',
      message: 'POST /v1/keys/by-404/revoke failed: The reason.',
      ...{ exit: 'missing', exitCode: 3, status: 404, type: '/errors/some-problem' },
    },
  })
})

test('help is no failure, and lists the codes', async () => {
  const { code, stdout } = await coffer('--help')

  expect(code).toBe(0)
  expect(stdout).toContain(exitCodesHelp())
})
