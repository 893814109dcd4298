import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { JsonFormatError } from './json-reader.ts'
import {
  type BodyReader,
  type JsonRpcOptions,
  jsonRpc,
  RpcAnswerError,
  RpcUnavailableError,
} from './json-rpc.ts'

type Request = { jsonrpc: '2.0'; id: number; method: string; params: unknown[] }
type Handler = (body: unknown, response: ServerResponse, request: IncomingMessage) => void

const answer = (response: ServerResponse, value: unknown) => response.end(JSON.stringify(value))

/** Answers each call with its own method and parameters. */
const echo = ({ id, method, params }: Request) => ({
  jsonrpc: '2.0',
  id,
  result: [method, ...params],
})

const THREE = [1, 2, 3].map((number) => ({ method: 'echo', params: [number] }))
const ECHOED = [1, 2, 3].map((number) => ['echo', number])

/** Reads each result as the text that it is. */
const texts: BodyReader<string> = (body, calls) => {
  const results = [...body.toString().matchAll(/"result":"([a-z]*)"/g)].map(([, text = '']) => text)
  return results.length === calls.length ? results : undefined
}

describe('a batch that is read where it lies', () => {
  test('is answered with what is made of its body', async () => {
    const rpc = await serve((body, response) => {
      answer(
        response,
        (body as Request[]).map(({ id, method }) => ({ id, result: method })),
      )
    })

    expect(await rpc.read(THREE, texts)).toEqual(['echo', 'echo', 'echo'])
    expect(await rpc.read([], texts)).toEqual([])
  })

  test('throws what the endpoint refuses a call of it with', async () => {
    const rpc = await serve((_, response) => {
      const refused = { id: 1, error: { code: -32005, message: 'too many logs' } }
      answer(response, [{ id: 0, result: 'a' }, refused, { id: 2, result: 'c' }])
    })

    await expect(rpc.read(THREE, texts)).rejects.toThrow(/refused echo: too many logs \(-32005\)/)
  })

  test.each<[string, unknown]>([
    ['lacks one', [{ id: 0, result: 'a' }]],
    ['has one of another kind', [0, 1, 2].map((id) => ({ id, result: null }))],
    ['is no batch', { id: 0, result: 'a' }],
  ])('throws when the answer %s', async (_, value) => {
    const rpc = await serve((_request, response) => answer(response, value))

    await expect(rpc.read(THREE, texts)).rejects.toBeInstanceOf(RpcUnavailableError)
  })

  test('is an endpoint that cut its answer short when its JSON is not whole', async () => {
    const rpc = await serve((_, response) => answer(response, []))
    const reading = rpc.read(THREE, (bytes) => {
      throw new JsonFormatError({ bytes, first: 0, at: 2 })
    })

    await expect(reading).rejects.toMatchObject({ code: 'RPC_UNAVAILABLE', kind: 'malformed' })
  })
})

describe('one call', () => {
  test('is answered with its result', async () => {
    const rpc = await serve((body, response, { url, method }) => {
      answer(response, { id: 0, result: { body, url, method } })
    }, '/key/abc?net=1')

    expect(await rpc.call('eth_call', ['0x1', false])).toEqual({
      body: { jsonrpc: '2.0', id: 0, method: 'eth_call', params: ['0x1', false] },
      url: '/key/abc?net=1',
      method: 'POST',
    })
  })

  test('may be answered with null, which is not the same as nothing', async () => {
    const rpc = await serve((_, response) => answer(response, { id: 0, result: null }))

    expect(await rpc.call('eth_getBlockByNumber', [])).toBeNull()
  })

  test('throws what the endpoint refuses it with', async () => {
    const rpc = await serve((_, response) => {
      answer(response, { id: 0, error: { code: -32602, message: 'beyond head' } })
    })

    const calling = rpc.call('eth_getBlockByNumber', [])

    await expect(calling).rejects.toThrow(/refused eth_getBlockByNumber: beyond head \(-32602\)/)
    await expect(calling).rejects.toBeInstanceOf(RpcAnswerError)
  })

  test.each([{}, [], null, 'text', 1, { id: 0 }, [{ id: 0, result: 1 }]])(
    'throws when the answer is %j',
    async (value) => {
      const rpc = await serve((_, response) => answer(response, value))

      await expect(rpc.call('eth_chainId', [])).rejects.toBeInstanceOf(RpcUnavailableError)
    },
  )
})

describe('a batch', () => {
  test('is answered in the order of its calls, in whatever order the answers come', async () => {
    const rpc = await serve((body, response) => {
      answer(response, (body as Request[]).map(echo).reverse())
    })

    expect(await rpc.batch(THREE)).toEqual(ECHOED)
  })

  test('of no calls asks nothing', async () => {
    const rpc = await serve(() => expect.unreachable('asked'))

    expect(await rpc.batch([])).toEqual([])
  })

  test('throws when any of its calls is refused', async () => {
    const rpc = await serve((body, response) => {
      const [first, ...rest] = (body as Request[]).map(echo)
      answer(response, [...rest, { id: first?.id, error: { code: 3, message: 'rate limit' } }])
    })

    await expect(rpc.batch(THREE)).rejects.toBeInstanceOf(RpcAnswerError)
  })

  test.each<[string, (answers: unknown[]) => unknown]>([
    ['some are missing', (answers) => answers.slice(1)],
    ['one came twice instead of another', ([first, second]) => [first, second, second]],
    ['all are missing', () => []],
    [
      'they have ids that nobody asked for',
      (answers) => answers.map((_, index) => ({ id: 7 + index, result: 1 })),
    ],
    ['one is null', ([first, second]) => [first, second, null]],
    ['one is no object', ([first, second]) => [first, second, 3]],
    ['it is the one answer of one call', ([first]) => first],
    ['it is null', () => null],
    ['it is text', () => 'busy'],
  ])('throws when %s', async (_, change) => {
    const rpc = await serve((body, response) => {
      answer(response, change((body as Request[]).map(echo)))
    })

    await expect(rpc.batch(THREE)).rejects.toBeInstanceOf(RpcUnavailableError)
  })

  test.each<[string, unknown]>([
    ['one object', { id: null, error: { code: -32600, message: 'batch too large' } }],
    ['a list of one', [{ id: null, error: { code: -32600, message: 'batch too large' } }]],
  ])('says why it was refused as a whole by %s', async (_, refusal) => {
    const rpc = await serve((_body, response) => answer(response, refusal))

    await expect(rpc.batch(THREE)).rejects.toThrow(/batch too large/)
  })
})

describe('an endpoint that fails', () => {
  test.each([429, 500, 502, 301])('with status %d is unavailable', async (status) => {
    const rpc = await serve((_, response) => {
      response.statusCode = status
      answer(response, { id: 0, result: 1 })
    })

    const calling = rpc.call('eth_chainId', [])

    await expect(calling).rejects.toThrow(new RegExp(`eth_chainId and got HTTP status ${status}`))
    await expect(calling).rejects.toBeInstanceOf(RpcUnavailableError)
  })

  test.each<[string | undefined, number | undefined]>([
    ['7', 7_000],
    ['0', 0],
    [undefined, undefined],
    ['soon', undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('says to come again after %j', async (header, ms) => {
    const rpc = await serve((_, response) => {
      if (header !== undefined) response.setHeader('retry-after', header)
      response.writeHead(429).end()
    })

    await expect(rpc.call('eth_chainId', [])).rejects.toMatchObject({
      ...{ kind: 'status', status: 429, retryAfterMs: ms },
    })
  })

  test('with JSON that is cut off is unavailable', async () => {
    const rpc = await serve((_, response) => response.end('{"id":0,"result":"0x'))

    await expect(rpc.call('eth_chainId', [])).rejects.toThrow(/not whole JSON/)
  })

  test('by hanging up is unavailable, and may be back for the next call', async () => {
    let calls = 0
    const rpc = await serve((_, response) => {
      calls += 1
      if (calls === 1) response.socket?.destroy()
      else if (calls === 2) response.writeHead(200, { 'content-length': 99 }).write('{"id"')
      else answer(response, { id: 0, result: '0x1' })
      if (calls === 2) setImmediate(() => response.socket?.destroy())
    })

    await expect(rpc.call('eth_chainId', [])).rejects.toBeInstanceOf(RpcUnavailableError)
    await expect(rpc.call('eth_chainId', [])).rejects.toBeInstanceOf(RpcUnavailableError)
    expect(await rpc.call('eth_chainId', [])).toBe('0x1')
  })

  test('by not being there is unavailable', async () => {
    await using rpc = jsonRpc('http://127.0.0.1:1')

    await expect(rpc.call('eth_chainId', [])).rejects.toThrow(/Asked 127.0.0.1:1 for eth_chainId/)
  })
})

describe('an endpoint that falls silent is given up', () => {
  test('before its answer', async () => {
    const rpc = await serve(() => undefined, '/', { timeoutMs: 50 })

    await expect(rpc.call('eth_chainId', [])).rejects.toThrow(/got no answer/)
  })

  test('within its answer', async () => {
    const rpc = await serve((_, response) => response.write('{"id":0,'), '/', { timeoutMs: 50 })

    await expect(rpc.call('eth_chainId', [])).rejects.toThrow(/got no answer/)
  })

  test('when its answer drips without end', async () => {
    const drip = (_: unknown, response: ServerResponse) => {
      const timer = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(timer))
    }
    const rpc = await serve(drip, '/', { timeoutMs: 50 })

    await expect(rpc.call('eth_chainId', [])).rejects.toThrow(/got no answer/)
  })

  test('while others wait in line behind it', async () => {
    const rpc = await serve(() => undefined, '/', { timeoutMs: 20, connectionsMax: 1 })

    const calls = await Promise.allSettled([1, 2, 3].map(() => rpc.call('eth_chainId', [])))

    expect(calls).toMatchObject(Array(3).fill({ reason: { kind: 'timeout' } }))
  })
})

test('never shows the credentials of an endpoint', async () => {
  await using rpc = jsonRpc('http://user:secret@127.0.0.1:1/v3/secret?key=secret')

  const failure = await rpc.call('eth_chainId', []).catch((error: unknown) => error)

  expect(rpc.name).toBe('127.0.0.1:1')
  expect(JSON.stringify(failure) + String(failure)).not.toContain('secret')
})

test('takes the credentials out of what an endpoint says', async () => {
  const rpc = await serve((_, response) => {
    const message = 'project 0123456789abcdef is over its limit (key fedcba9876543210)'
    answer(response, { id: 0, error: { code: -32005, message } })
  }, '/v3/0123456789abcdef?key=fedcba9876543210')

  await expect(rpc.call('eth_chainId', [])).rejects.toMatchObject({
    reason: 'project … is over its limit (key …)',
    message: expect.not.stringMatching(/0123456789abcdef|fedcba9876543210/),
  })
})

async function serve(handler: Handler, path = '/', options: JsonRpcOptions = {}) {
  const server = createServer((request, response) => {
    const answered = text(request).then((body) => handler(JSON.parse(body), response, request))
    answered.catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const rpc = jsonRpc(`http://127.0.0.1:${port}${path}`, options)
  onTestFinished(async () => {
    await rpc[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  })
  return rpc
}
