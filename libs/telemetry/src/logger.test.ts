import { expect, test } from 'vitest'
import { createLogger, type Logger } from './logger.ts'

/** What is logged by `use`, line by line. */
function logged(use: (logger: Logger) => void): string[] {
  const lines: string[] = []
  use(createLogger('api', 'debug', { write: (line) => void lines.push(line) }))
  return lines
}

const HEX = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'

/** Each secret, and something in which it may come into a log. */
const SECRETS: readonly (readonly [what: string, secret: string, fields: object])[] = [
  ['an API key by its name', 'plain-key-1', { apiKey: 'plain-key-1' }],
  ['API keys from the settings', 'plain-key-2', { config: { API_KEY: 'plain-key-2' } }],
  ['a made API key in a text', 'Zm9vYmFy', { error: 'key cof_01j9_Zm9vYmFy is unknown' }],
  ['a signing secret in a text', 'dd'.repeat(32), { error: `signed with cos_${'dd'.repeat(32)}` }],
  ['signing keys from the settings', 'c2lnbg==', { config: { REQUEST_SIGNING_KEY: 'c2lnbg==' } }],
  [
    'the first API key in a text',
    'abcdefghijklmnopqrstuvwxyz012345',
    {
      line: 'ready, coffer_abcdefghijklmnopqrstuvwxyz012345',
    },
  ],
  ['a bearer in headers', 'abc.def', { request: { headers: { Authorization: 'Bearer abc.def' } } }],
  ['a bearer in a text', 'abc.def.ghi', { error: 'refused: Bearer abc.def.ghi' }],
  ['a cookie', 'coffer_session=s3ss', { headers: { cookie: 'coffer_session=s3ss' } }],
  ['an HMAC signature', 'v1=deadbeef', { headers: { 'x-coffer-signature': 'v1=deadbeef' } }],
  ['a passphrase', 'open sesame', { keystore: { passphrase: 'open sesame' } }],
  ['a passphrase in a text', 'opensesame', { error: 'KEYSTORE_PASSPHRASE=opensesame is wrong' }],
  ['a private key', HEX, { privateKey: HEX }],
  ['a mnemonic', 'test test junk', { mnemonic: 'test test junk' }],
  ['the password of a database', 'pa55w0rd', { url: 'postgres://coffer:pa55w0rd@db:5432/coffer' }],
  ['the same in a text', 'pa55w0rd', { error: 'connect to redis://:pa55w0rd@cache failed' }],
  ['the same as a URL', 'pa55w0rd', { at: new URL('postgres://coffer:pa55w0rd@db/coffer') }],
  [
    "a node's key in the path",
    'a1B2c3D4e5F6g7H8i9J0',
    {
      rpcUrls: ['https://mainnet.example.com/v3/a1B2c3D4e5F6g7H8i9J0'],
    },
  ],
  [
    "a node's key in a query",
    'a1B2c3',
    { error: 'https://node.example.com/?apikey=a1B2c3 failed' },
  ],
  ['a webhook secret', 'c2VjcmV0c2VjcmV0', { error: 'signed with whsec_c2VjcmV0c2VjcmV0' }],
  ['a secret in an error', 'pa55w0rd', { err: new Error('postgres://c:pa55w0rd@db is away') }],
  [
    'a secret in the cause of an error',
    'pa55w0rd',
    {
      error: new Error('could not store', {
        cause: new Error('no', { cause: new Error('postgres://c:pa55w0rd@db is away') }),
      }),
    },
  ],
  [
    'a secret in the facts of an error',
    'hidden-1',
    {
      error: Object.assign(new Error('refused'), { details: { webhookSecret: 'hidden-1' } }),
    },
  ],
  ['a secret deep down', 'hidden-2', { a: { b: [{ c: { secret: 'hidden-2' } }] } }],
  [
    'what is too deep to be looked through',
    'hidden-3',
    {
      a: { b: { c: { d: { e: { f: { g: { h: 'hidden-3' } } } } } } },
    },
  ],
  ['bytes', '104,105', { body: Buffer.from('hi') }],
]

test.each(SECRETS)(
  'never logs %s, by itself, of a child, or in its message',
  (_, secret, fields) => {
    const lines = logged((logger) => {
      logger.info(fields, 'asked')
      logger.child(fields).error({}, 'asked')
      const text = Object.values(fields).find((each) => typeof each === 'string')
      if (typeof text === 'string' && !('apiKey' in fields || 'privateKey' in fields)) {
        if (!('mnemonic' in fields)) logger.warn({}, text)
      }
    })

    expect(lines.length).toBeGreaterThanOrEqual(2)
    expect(lines.join('')).not.toContain(secret)
  },
)

test('tells everything else as it is, amounts as decimal strings', () => {
  const [line = '{}'] = logged((logger) =>
    logger.info(
      {
        chain: 'eip155:1',
        deposit: `eip155:1:${HEX}:log:0`,
        amount: 2n ** 70n,
        heights: [1n, 2n],
        endpoint: 'https://node.example.com/v1/mainnet',
        url: 'http://127.0.0.1:4000/v1/deposits?owner=ann&limit=5',
        key: undefined,
        at: new Date(0),
        asset: 'eip155:1/erc20:0xabc',
      },
      'stored 5 deposits of eip155:1',
    ),
  )

  expect(JSON.parse(line)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-/),
    process: 'api',
    chain: 'eip155:1',
    deposit: `eip155:1:${HEX}:log:0`,
    amount: '1180591620717411303424',
    heights: ['1', '2'],
    endpoint: 'https://node.example.com/v1/mainnet',
    url: 'http://127.0.0.1:4000/v1/deposits?owner=ann&limit=5',
    at: '1970-01-01T00:00:00.000Z',
    asset: 'eip155:1/erc20:0xabc',
    msg: 'stored 5 deposits of eip155:1',
  })
})

test('tells an error with its code, its facts and all its causes', () => {
  const cause = Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
  const error = Object.assign(new Error('could not store', { cause }), { details: { height: 7n } })
  const [line = '{}'] = logged((logger) => logger.error({ error }, 'failed'))

  expect(JSON.parse(line)).toMatchObject({
    error: {
      ...{ type: 'Error', message: 'could not store', details: { height: '7' } },
      cause: { message: 'away', code: 'ECONNREFUSED' },
    },
  })
})

test('a loop in what is logged ends', () => {
  const loop: Record<string, unknown> = {}
  loop['self'] = loop

  expect(logged((logger) => logger.info({ loop }, 'round'))).toHaveLength(1)
})

test('A14: what somebody named makes no lines of its own, and moves no cursor', () => {
  const name = 'USDC\n{"level":"error","msg":"forged"}\r\u001b[2J\u2028\u0000'

  const lines = logged((logger) => logger.info({ token: name }, `a token called ${name}`))

  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(CONTROLS_WITHIN)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', token: name })
})

/** The end of the line is the only control character that it may have. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS_WITHIN = /[\u0000-\u001f](?!$)/
