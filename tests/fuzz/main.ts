/**
 * Has Schemathesis send every operation of the API what its schema allows and what it does not, on
 * a Coffer of its own with some life in it. Ends with 1 unless every answer was as the document
 * says. The last line is JSON.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { apiClient } from '@coffer/cli/api-client'
import { type Coffer, startCoffer } from '@coffer/cli/start-coffer'
import { readOptions } from '@coffer/runtime/read-options'

const VERSION = '4.32.5'
const HOME = resolve('.coffer/fuzz')
const TOOL = resolve('.coffer/cache', `schemathesis-${VERSION}`)
const CASES_MIN = 5_000

/** What is valid by its schema is refused all the same where it names what is not there. */
const UNFIT = 'positive_data_acceptance'
const REFUSALS = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, 431]
const ACTS = '^/v1/admin/dead-letters/(redrive|discard)$'
const KEY = { idempotencyKey: 'fuzz' }

const USAGE = `npm run fuzz -- [--examples N] [--seed N]

Has Schemathesis send every operation of the API what its schema allows and what it does not.

  --examples N    of each operation and phase, at most (60)
  --seed N        what is drawn (1)`

const { values } = readOptions(USAGE, {
  options: {
    /** Of each operation and phase, at most. */
    examples: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
})

install()
await using coffer = await startCoffer({
  ...{ home: HOME, apps: ['scanner', 'accounts', 'api'] },
  env: { LOG_LEVEL: 'error', RATE_LIMIT_PER_MINUTE: '1000000' },
  onProgress: (line) => console.error(line),
})
const configFile = join(HOME, 'schemathesis.toml')
writeFileSync(configFile, configOf(await live(coffer)))
const runs = [
  await schemathesis(coffer, 'most', ['--exclude-path-regex', ACTS]),
  // What is done to many stands where the id of one would: other methods mean the one of that name.
  await schemathesis(coffer, 'acts', [
    ...['--include-path-regex', ACTS],
    ...['--exclude-checks', `${UNFIT},unsupported_method,allow_header_conformance`],
  ]),
]
const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0)
const operations = sum(({ report }) => report.operations.tested)
const cases = sum(({ report }) => report.test_cases.generated)
const failures = sum(({ report }) => report.test_cases.unique_failures)
console.log(JSON.stringify({ fuzz: 'api', operations, cases, failures }))
if (cases < CASES_MIN) console.error(`Only ${cases} ran, expected at least ${CASES_MIN}.`)
process.exitCode = cases < CASES_MIN || runs.some(({ status }) => status !== 0) ? 1 : 0

type Run = { status: number | null; report: Report }

type Report = {
  test_cases: { generated: number; unique_failures: number }
  operations: { total: number; tested: number }
}

/** Puts the fuzzer, which is written in Python, where it is kept. */
function install(): void {
  if (existsSync(join(TOOL, 'bin/st'))) return
  const run = (command: string, ...given: string[]) => {
    const { status: code, error } = spawnSync(command, given, { stdio: ['ignore', 2, 2] })
    if (code === 0) return
    console.error(`${command} ${given.join(' ')} failed ${error?.message ?? ''}.`)
    console.error('The fuzzer needs Python 3.10 or newer with its module venv, and its packages.')
    process.exit(1)
  }
  run('python3', '-m', 'venv', TOOL)
  run(join(TOOL, 'bin/pip'), 'install', '--quiet', `schemathesis==${VERSION}`)
}

/** Something to be found, by the beginning of the paths that lead to it. */
async function live({ apiUrl, apiKey, chain }: Coffer): Promise<Readonly<Record<string, string>>> {
  const api = apiClient({ api: apiUrl, apiKey })
  const make = async (path: string, body: object) => {
    const answer = await api<{ id: string; orderId: string }>('POST', path, body, KEY)
    return answer
  }
  const user = await make('/v1/users', { externalId: 'alice' })
  await make(`/v1/users/${user.id}/addresses`, { chain: chain?.chain })
  const named = { name: 'Books', email: 'books@example.com', feeBasisPoints: 100 }
  const merchant = await make('/v1/merchants', named)
  const order = { merchant: merchant.id, reference: 'order-1', asset: chain?.assets[0]?.id }
  const payment = await make('/v1/payments', { ...order, amount: '1000', channel: 'onchain' })
  return { users: user.id, merchants: merchant.id, payments: payment.id, orders: payment.orderId }
}

/** https://schemathesis.readthedocs.io/en/stable/reference/configuration/ */
function configOf(ids: Readonly<Record<string, string>>): string {
  const known = Object.entries(ids).map(
    ([path, id]) => `
[[operations]]
include-path-regex = "^/v1/${path}/\\\\{id\\\\}"
parameters = { "path.id" = "${id}" }`,
  )
  // The body of one is lines of JSON, which no schema makes; the answer of the other never ends.
  const left = ['/v1/addresses/import', '/v1/deposits/stream'].map(
    (path) => `
[[operations]]
include-path = "${path}"
enabled = false`,
  )
  // 431, too, refuses what is longer than its schema says.
  const refusals = `
[checks]
negative_data_rejection.expected-statuses = [${REFUSALS}]`
  return [refusals, ...known, ...left].join('\n')
}

async function schemathesis(
  { apiUrl, apiKey }: Coffer,
  name: string,
  which: readonly string[],
): Promise<Run> {
  const file = join(HOME, `${name}.json`)
  const given = [
    ...['--config-file', configFile],
    ...['run', `${apiUrl}/openapi.json`, '--header', `Authorization: Bearer ${apiKey}`],
    ...['--phases', 'examples,coverage,fuzzing', '--checks', 'all', '--exclude-checks', UNFIT],
    ...['--max-examples', values.examples, '--seed', values.seed, '--continue-on-failure'],
    ...['--report', 'json', '--report-json-path', file, '--warnings', 'off', '--no-shrink'],
    // How long a loaded machine takes, to make a case or to answer, says nothing about the API.
    ...['--suppress-health-check', 'too_slow', '--request-timeout', '60'],
    ...which,
  ]
  const child = spawn(join(TOOL, 'bin/st'), given, { cwd: HOME, stdio: ['ignore', 2, 2] })
  const [status] = (await once(child, 'exit')) as [number | null]
  return { status, report: JSON.parse(readFileSync(file, 'utf8')) as Report }
}
