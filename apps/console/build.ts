/**
 * Builds the console into `dist`, unless what is there was built of the same sources. It takes the
 * place of the old build at once, so that two who build at the same time don't disturb each other.
 */
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const HERE = import.meta.dirname
const DIST = join(HERE, 'dist')

/** Says in the build what it was built of. */
const MARK = '.built-of'

/** What the pages are made of, the packages beside them included. */
const SOURCES = [
  ...['index.html', 'pay.html', 'package.json', 'vite.config.ts', 'src'],
  ...['../../libs/client/src', '../../libs/money/src', '../../libs/errors/src'],
]

// A test may be who builds; the pages are for people all the same.
process.env['NODE_ENV'] = 'production'
const source = fingerprint()
if (!isBuiltOf(source)) await buildPages(source)

async function buildPages(of: string): Promise<void> {
  const startedAt = performance.now()
  process.stdout.write('console: building\n')
  const { build } = await import('vite')
  const fresh = join(HERE, `.dist-${process.pid}`)
  try {
    await build({
      root: HERE,
      configFile: join(HERE, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: fresh },
    })
    compress(fresh)
    writeFileSync(join(fresh, MARK), of)
    putInPlace(fresh, of)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  process.stdout.write(`console: built in ${seconds} s\n`)
}

function putInPlace(fresh: string, of: string): void {
  const old = join(HERE, `.old-${process.pid}`)
  try {
    if (existsSync(DIST)) renameSync(DIST, old)
    renameSync(fresh, DIST)
  } catch (error) {
    // Somebody else was faster, with the same.
    if (!isBuiltOf(of)) throw error
  } finally {
    rmSync(old, { recursive: true, force: true })
  }
}

/** Compressed once, and not for every request. */
function compress(folder: string): void {
  for (const path of filesIn(folder)) {
    if (!['.css', '.html', '.js', '.svg'].includes(extname(path))) continue
    const body = readFileSync(path)
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    writeFileSync(`${path}.br`, brotliCompressSync(body, { params: quality }))
    writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
  }
}

function isBuiltOf(of: string): boolean {
  const mark = join(DIST, MARK)
  return existsSync(mark) && readFileSync(mark, 'utf8') === of
}

function fingerprint(): string {
  const files = SOURCES.flatMap((name) => filesIn(join(HERE, name)))
  return hash(
    'sha256',
    files.map((path) => `${relative(HERE, path)}\n${readFileSync(path, 'utf8')}`).join('\n'),
  )
}

function filesIn(path: string): string[] {
  if (!path.startsWith(HERE) && !existsSync(path)) return []
  if (extname(path) !== '' && !path.endsWith('/src')) return [path]
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .sort()
}
