import { mkdirSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import { beforeAll, expect, test } from 'vitest'
import { staticPages } from './static-pages.ts'

const SCRIPT = 'console.log(1)'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pages-'))
  mkdirSync(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<title>Console</title>')
  await writeFile(join(folder, 'pay.html'), '<title>Pay</title>')
  await writeFile(join(folder, '.env'), 'SECRET=1')
  await writeFile(join(folder, 'assets/a-1.js'), SCRIPT)
  await writeFile(join(folder, 'assets/a-1.js.gz'), gzipSync(SCRIPT))
})

async function serverOf(path = folder) {
  const server = fastify()
  const aliases = { '/pay/:id': 'pay.html' }
  await server.register(staticPages({ folder: path, prefix: '/console', aliases }))
  return server
}

test('a browser is sent to the console, a program is told that there is nothing', async () => {
  const server = await serverOf()

  const browser = await server.inject({ url: '/', headers: { accept: 'text/html,*/*' } })
  expect([browser.statusCode, browser.headers.location]).toEqual([302, '/console/'])
  expect((await server.inject('/')).json()).toMatchObject({ code: 'NOT_FOUND' })
})

test('every path of the console is its one page, which runs only what was built', async () => {
  const server = await serverOf()

  for (const url of ['/console/', '/console/deposits', '/console/deposits/eip155%3A1']) {
    const { statusCode, body, headers } = await server.inject(url)
    expect([statusCode, body]).toEqual([200, '<title>Console</title>'])
    expect(headers['cache-control']).toBe('no-cache')
    expect(headers['content-security-policy']).toContain("script-src 'self'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
  }
  expect((await server.inject('/pay/018f')).body).toBe('<title>Pay</title>')
})

test('what is named by its content is kept for ever, and goes compressed to who reads that', async () => {
  const server = await serverOf()
  const url = '/console/assets/a-1.js'

  const plain = await server.inject(url)
  const packed = await server.inject({ url, headers: { 'accept-encoding': 'gzip, deflate' } })

  expect(plain.body).toBe(SCRIPT)
  expect(plain.headers['cache-control']).toContain('immutable')
  expect(packed.headers['content-encoding']).toBe('gzip')
  expect(packed.rawPayload).toEqual(gzipSync(SCRIPT))
  const known = { 'if-none-match': String(plain.headers.etag) }
  expect((await server.inject({ url, headers: known })).statusCode).toBe(304)
})

test.each(['/console/assets/b.js', '/console/assets/../.env', '/console/assets/%2e%2e/.env'])(
  'nothing else is served: %s',
  async (url) => {
    const { statusCode, body } = await (await serverOf()).inject(url)

    expect(body).not.toContain('SECRET')
    expect([200, 404]).toContain(statusCode)
  },
)

test('without a build it says how to make one', async () => {
  const { statusCode, body } = await (await serverOf(join(folder, 'none'))).inject('/console/')

  expect(statusCode).toBe(404)
  expect(JSON.parse(body)).toMatchObject({ code: 'CONSOLE_MISSING' })
})
