import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './add-problems.ts'
import type { Routes } from './server.ts'

export type StaticPagesOptions = {
  /** Where the pages were built to. */
  folder: string
  /** Where they are served, such as `/console`. */
  prefix: string
  /** Other paths, as routes, and the page that answers each. */
  aliases?: Readonly<Record<string, string>>
}

type Served = { type: string; etag: string; body: Buffer; encoded: Map<string, Buffer> }

/** Nothing runs or is loaded but what was built, and nobody shows these pages inside their own. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; " +
  "frame-ancestors 'none'"

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** What a build names by its content stays what it is. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** Encodings of which a build leaves a file beside each, the smaller one first. */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const

/**
 * Pages that were built before, read once and kept in memory. A path of no file is answered by
 * `index.html`, whose script knows the path. `/` sends browsers there. Without a build it answers
 * how to make one.
 */
export function staticPages({ folder, prefix, aliases = {} }: StaticPagesOptions): Routes {
  const files = readFolder(folder)
  const page = (name: string) => (request: FastifyRequest, reply: FastifyReply) =>
    send(request, reply, files.get(name), 'no-cache')
  const options = { config: { access: 'public' }, schema: { hide: true } }
  return async (app) => {
    app.get('/', options, (request, reply) => {
      if (request.headers.accept?.includes('text/html')) return reply.redirect(`${prefix}/`)
      return sendProblem(reply, missing('There are no pages here. GET /openapi.json lists all.'))
    })
    app.get(prefix, options, (_request, reply) => reply.redirect(`${prefix}/`))
    app.get(`${prefix}/*`, options, (request, reply) => {
      const path = (request.params as { '*': string })['*']
      const isAsset = path.startsWith('assets/')
      const found = files.get(path) ?? (isAsset ? undefined : files.get('index.html'))
      return send(request, reply, found, isAsset ? FOR_EVER : 'no-cache')
    })
    for (const [route, name] of Object.entries(aliases)) app.get(route, options, page(name))
  }
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  found: Served | undefined,
  caching: string,
): FastifyReply {
  if (found === undefined) return sendProblem(reply, notBuilt)
  reply.headers({
    'cache-control': caching,
    etag: found.etag,
    vary: 'accept-encoding',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  })
  if (request.headers['if-none-match'] === found.etag) return reply.status(304).send()
  reply.type(found.type)
  const accepted = String(request.headers['accept-encoding'] ?? '').split(/[\s,;]+/)
  const [encoding, body] = [...found.encoded].find(([name]) => accepted.includes(name)) ?? []
  if (encoding) reply.header('content-encoding', encoding)
  return reply.send(body ?? found.body)
}

function readFolder(folder: string): Map<string, Served> {
  if (!existsSync(folder)) return new Map()
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    paths.map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), read(path)]),
  )
}

function read(path: string): Served {
  const body = readFileSync(path)
  const encoded = Object.entries(ENCODINGS)
    .filter(([, end]) => existsSync(path + end))
    .map(([name, end]): [string, Buffer] => [name, readFileSync(path + end)])
  const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
  return { type: TYPES[extname(path)] ?? '', etag, body, encoded: new Map(encoded) }
}

const missing = (detail: string) => ({
  code: 'NOT_FOUND',
  status: 404,
  title: 'There is nothing at this path',
  detail,
})

const notBuilt = {
  code: 'CONSOLE_MISSING',
  status: 404,
  title: 'There is no such page',
  detail: 'No page was built under this name. Build them with npm run console, and start again.',
}
