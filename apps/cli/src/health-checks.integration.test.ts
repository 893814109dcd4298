import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { type AppLimits, checkApp } from './health-checks.ts'

type Answers = Readonly<Record<string, (response: ServerResponse) => void>>

const READY = { '/ready': (response: ServerResponse) => void response.end('{}') }
const METRICS = 'coffer_consumer_backlog{group="accounts",process="accounts"} 12\n'
const BUSY = '{"ready":false,"checks":{"ready":"no answer within 5000 ms"}}'

/** What is found of a process that answers so. */
async function found(answers: Answers, limits: Partial<AppLimits> = {}) {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? '']
    if (answer) answer(response)
    else if (request.url === '/metrics') response.end(METRICS)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const checked = await checkApp('app', url, { lagMax: 20, slowMs: 60_000, ...limits })
    return { ...checked, says: checked.says.replace(url, 'URL').replace(/\d+ ms/, 'N ms') }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const failing = (text: string) => (response: ServerResponse) => {
  response.writeHead(503).end(text)
}

test('a process that is ready says how far its consumers are behind', async () => {
  const says = 'is ready, accounts is 12 messages behind'

  expect(await found(READY)).toEqual({ name: 'app', isWell: true, says })
  expect(await found(READY, { lagMax: 11 })).toEqual({ name: 'app', isWell: false, says })
})

test('one that answers late is slow, and well', async () => {
  const late = (response: ServerResponse) => void setTimeout(() => response.end('{}'), 150)

  expect(await found({ '/ready': late }, { slowMs: 100 })).toMatchObject({
    ...{ isWell: true, isSlow: true },
    says: 'is ready, slow: N ms, accounts is 12 messages behind',
  })
})

test('one whose own checks took too long is slow while it is alive, and else unwell', async () => {
  const alive = { '/health': (response: ServerResponse) => void response.end('{}') }
  const busy = { '/ready': failing(BUSY) }

  expect(await found({ ...busy, ...alive })).toMatchObject({ isWell: true, isSlow: true })
  expect(await found({ ...busy, '/health': failing('') })).toMatchObject({ isWell: false })
  expect(await found({ '/ready': failing('{"postgres":"away"}'), ...alive })).toMatchObject({
    ...{ isWell: false, says: 'is not ready: {"postgres":"away"}' },
  })
})

test('one too slow for its metrics is slow, and one that never answers is unwell', async () => {
  const silent = () => undefined
  const late = { answerMs: 1_000 }

  expect(await found({ ...READY, '/metrics': silent }, late)).toMatchObject({
    ...{
      isWell: true,
      isSlow: true,
      says: expect.stringContaining('too slow to tell its metrics'),
    },
  })
  expect(await found({ '/ready': silent }, late)).toMatchObject({
    ...{ isWell: false, says: 'has not answered for N ms at URL' },
  })
  expect(await checkApp('app', 'http://127.0.0.1:1', { lagMax: 1 })).toEqual({
    ...{ name: 'app', isWell: false, says: 'does not answer at http://127.0.0.1:1' },
  })
})
