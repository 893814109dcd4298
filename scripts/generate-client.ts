import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** What of the client is generated: files by their path from the root. */
export type GeneratedClient = Record<'libs/client/openapi.json' | 'libs/client/src/api.ts', string>

type Operation = { parameters?: { name: string; in: string; required?: boolean }[] }
type Document = { paths: Record<string, Record<string, Operation>> }

const HEADER = `/**
 * The REST API as types, generated from openapi.json by \`npm run client\`.
 */

`

/** The API's own document, and the types of the client that are made from it. */
export function generateClient(): GeneratedClient {
  const document: Document = JSON.parse(run([join(ROOT, 'apps/api/src/print-openapi.ts')]))
  return {
    'libs/client/openapi.json': `${JSON.stringify(document, null, 1)}\n`,
    'libs/client/src/api.ts': `${HEADER}${typesOf(document)}\n${idempotentPosts(document)}`,
  }
}

/** What stands in the repository. */
export const committedClient = (): GeneratedClient => ({
  'libs/client/openapi.json': read('libs/client/openapi.json'),
  'libs/client/src/api.ts': read('libs/client/src/api.ts'),
})

export function writeClient(client: GeneratedClient): void {
  for (const [path, text] of Object.entries(client)) writeFileSync(join(ROOT, path), text)
}

function typesOf(document: Document): string {
  mkdirSync(join(ROOT, '.coffer'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, '.coffer', 'client-'))
  try {
    const file = join(folder, 'openapi.json')
    writeFileSync(file, JSON.stringify(withOptionalKeys(document)))
    const client = join(ROOT, 'libs/client')
    return run([join(client, 'node_modules/openapi-typescript/bin/cli.js'), file])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whoever calls through the client need not name a key: the client does. */
function withOptionalKeys(document: Document): Document {
  const copy = structuredClone(document)
  for (const { parameters = [] } of operationsOf(copy)) {
    for (const parameter of parameters) if (isKey(parameter)) parameter.required = false
  }
  return copy
}

function idempotentPosts({ paths }: Document): string {
  const posts = Object.entries(paths).flatMap(([path, { post }]) =>
    post?.parameters?.some(isKey) ? [`  '${path}',\n`] : [],
  )
  return (
    '/** Paths whose POST takes an Idempotency-Key. */\n' +
    `export const IDEMPOTENT_POSTS: readonly string[] = [\n${posts.sort().join('')}]\n`
  )
}

const operationsOf = ({ paths }: Document) => Object.values(paths).flatMap(Object.values<Operation>)

const isKey = ({ name }: { name: string }) => name.toLowerCase() === 'idempotency-key'

function run(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  if (status === 0) return stdout
  throw new Error(`${args.join(' ')} ended with ${status}.\n${stderr}${stdout}`)
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
