/**
 * The boundaries between rooms and packages hold only if breaking one fails the checks: plants a
 * violation of each in a copy of the rules and expects exactly the rule that forbids it.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

const RESTRICTED = 'lint/style/noRestrictedImports'

type Planted = readonly [file: string, source: string]

/** Where each stands, what it imports, and the rule that refuses it. */
const REFUSED: readonly (readonly [...Planted, rule: string])[] = [
  ['libs/deposits/src/domain/to-viem.ts', "import { keccak256 } from 'viem'", RESTRICTED],
  ['libs/deposits/src/domain/to-type.ts', "import type { SQL } from 'drizzle-orm'", RESTRICTED],
  ['libs/deposits/src/domain/to-node.ts', "import 'node:crypto'", RESTRICTED],
  ['libs/deposits/src/domain/to-adapter.ts', "import '../adapters/postgres.ts'", RESTRICTED],
  ['libs/deposits/src/domain/to-usecase.ts', "import '../usecases/scan.ts'", RESTRICTED],
  ['libs/deposits/src/domain/to-ports.ts', "import '../ports.ts'", RESTRICTED],
  ['libs/deposits/src/domain/to-postgres.ts', "import '@coffer/postgres/migrate'", RESTRICTED],
  ['libs/deposits/src/domain/to-rpc.ts', "import '@coffer/evm/json-rpc'", RESTRICTED],
  ['libs/deposits/src/domain/to-clock.ts', "import '@coffer/runtime/backoff'", RESTRICTED],
  ['libs/deposits/src/domain/later.ts', "export const a = import('viem')", RESTRICTED],
  ['libs/deposits/src/usecases/to-adapter.ts', "import '../adapters/postgres.ts'", RESTRICTED],
  ['libs/deposits/src/usecases/to-tables.ts', "import '../schema.ts'", RESTRICTED],
  ['libs/deposits/src/usecases/to-routes.ts', "import '../routes.ts'", RESTRICTED],
  ['libs/deposits/src/usecases/to-drizzle.ts', "import 'drizzle-orm/pg-core'", RESTRICTED],
  ['libs/deposits/src/usecases/to-viem.ts', "import type { Hex } from 'viem'", RESTRICTED],
  ['libs/deposits/src/usecases/to-kafkajs.ts', "import 'kafkajs'", RESTRICTED],
  ['libs/deposits/src/usecases/to-fastify.ts', "import 'fastify'", RESTRICTED],
  ['libs/wallets/src/routes.ts', "import 'drizzle-orm'", RESTRICTED],
  ['libs/deposits/src/ports.ts', "import 'drizzle-orm'", RESTRICTED],
  ['libs/deposits/src/events.ts', "import 'kafkajs'", RESTRICTED],
  ['libs/ledger/src/jobs.ts', "import 'bullmq'", RESTRICTED],
  ['libs/ledger/src/flat.ts', "import 'ioredis'", RESTRICTED],
  ['libs/ledger/src/driver.ts', "import 'pg'", RESTRICTED],
  ['libs/ledger/src/server.ts', "import 'fastify'", RESTRICTED],
  ['libs/messaging/src/around.ts', "import '../../money/src/units.ts'", RESTRICTED],
  ['libs/ledger/src/adapters/around.ts', "import '../../../wallets/src/a.ts'", RESTRICTED],
  ['libs/ledger/src/around.test.ts', "import '../../wallets/src/a.ts'", RESTRICTED],
  ['simulation/src/around.ts', "import '../../libs/ledger/src/a.ts'", RESTRICTED],
  ['apps/cli/src/around.ts', "import '../../api/src/config.ts'", RESTRICTED],
  ['apps/api/src/to-drizzle.ts', "import 'drizzle-orm'", RESTRICTED],
  ['apps/scanner/src/to-kafkajs.ts', "import 'kafkajs'", RESTRICTED],
  [
    'libs/ledger/src/undeclared.ts',
    "import '@coffer/deposits/schema'",
    'lint/correctness/noUndeclaredDependencies',
  ],
  ['libs/money/src/barrel.ts', "export * from './units.ts'", 'lint/performance/noBarrelFile'],
  ['libs/money/src/setting.ts', 'export const a = process.env', 'lint/style/noProcessEnv'],
  ['libs/money/src/Case.ts', 'export const a = 1', 'lint/style/useFilenamingConvention'],
]

const ALLOWED: readonly Planted[] = [
  ['libs/deposits/src/domain/to-itself.ts', "import type { A } from './depth.ts'"],
  ['libs/deposits/src/domain/to-money.ts', "import '@coffer/money/units'"],
  ['libs/deposits/src/domain/to-address.ts', "import '@coffer/evm/address'"],
  ['libs/deposits/src/domain/a.test.ts', "import 'viem'"],
  ['libs/deposits/src/usecases/to-domain.ts', "import '../domain/depth.ts'"],
  ['libs/deposits/src/usecases/to-ports.ts', "import '../ports.ts'"],
  ['libs/deposits/src/adapters/to-drizzle.ts', "import 'drizzle-orm'"],
  ['libs/deposits/src/adapters/to-viem.ts', "import 'viem'"],
  ['libs/deposits/src/schema.ts', "import 'drizzle-orm/pg-core'"],
  ['libs/deposits/src/routes.ts', "import 'fastify'"],
  ['libs/messaging/src/to-kafkajs.ts', "import 'kafkajs'"],
  ['apps/cli/src/to-viem.ts', "import 'viem'"],
  ['apps/api/src/to-fastify.ts', "import 'fastify'"],
  ['apps/api/src/main.ts', 'export const a = process.env'],
]

const PLANTED: readonly Planted[] = [
  ...REFUSED.map(([file, source]) => [file, source] as const),
  ...ALLOWED,
]

/** What the planted packages declare, so that only the rule in question can refuse. */
const DECLARED = Object.fromEntries(
  [
    ...['evm', 'money', 'postgres', 'runtime'].map((name) => `@coffer/${name}`),
    ...['bullmq', 'drizzle-orm', 'fastify', 'ioredis', 'kafkajs', 'pg', 'viem'],
  ].map((name) => [name, '*']),
)

const BOUNDARIES = new Set(REFUSED.map(([, , rule]) => rule))

let folder: string
let reported: ReadonlyMap<string, ReadonlySet<string>>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coffer-boundaries-'))
  for (const [file, source] of PLANTED) write(file, `${source}\n`)
  for (const owner of new Set(PLANTED.map(([file]) => file.split('/').slice(0, 2).join('/')))) {
    write(`${owner}/package.json`, JSON.stringify({ dependencies: DECLARED }))
  }
  write('biome.json', rules())
  reported = lint(folder)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.for(REFUSED)('%s with "%s" breaks %s', ([file, , rule]) => {
  expect(boundariesBrokenBy(file)).toEqual([rule])
})

test.for(ALLOWED)('%s with "%s" is allowed', ([file]) => {
  expect(boundariesBrokenBy(file)).toEqual([])
})

function boundariesBrokenBy(file: string): string[] {
  return [...(reported.get(file) ?? [])].filter((rule) => BOUNDARIES.has(rule))
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

/** The repository's own rules, for a folder that is no git repository. */
function rules(): string {
  const { vcs: _, ...config } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'))
  return JSON.stringify(config)
}

/** Every diagnostic of one run of Biome: file → the rules it breaks. */
function lint(cwd: string): Map<string, Set<string>> {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=500', '.']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  if (!stdout.startsWith('{')) throw new Error(`Biome reported nothing to read.\n${stderr}`)
  const found = new Map<string, Set<string>>()
  for (const { category, location } of JSON.parse(stdout).diagnostics) {
    const path: string = location.path
    found.set(path, (found.get(path) ?? new Set()).add(category))
  }
  return found
}
