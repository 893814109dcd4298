import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { scopesOf } from '../domain/roles.ts'
import type { KnownKey } from '../ports.ts'
import { readSigned } from '../read-signed.ts'
import { signingSecretOf } from '../request-signature.ts'
import { signed } from '../testing/sign.ts'
import { checkSignature } from './check-signature.ts'

const NOW = 1_795_000_000_000
const MASTER = Buffer.alloc(32, 5)
const HASH = Buffer.alloc(32, 1)
const OLD_HASH = Buffer.alloc(32, 2)
const KEY: KnownKey = {
  ...{ id: '0123456789abcdef', tenant: null, holder: 'ann', role: 'operator' },
  ...{ requiresSignature: true, hash: HASH, previousHash: OLD_HASH },
  ...{ previousUntilMs: NOW + 1_000, expiresAtMs: Number.POSITIVE_INFINITY },
}
const REQUEST = { method: 'POST', target: '/v1/x?y=1', idempotencyKey: 'k' }

const secretOf = (hash: Buffer) => signingSecretOf(MASTER, hash)

function checker(key: KnownKey = KEY) {
  const clock = { ms: NOW }
  const taken = new Set<string>()
  const check = checkSignature({
    current: { find: (id) => (id === key.id ? key : undefined) },
    nonces: {
      take: async (id, nonce) => taken.size < taken.add(`${id} ${nonce}`).size,
    },
    admit: ({ id: keyId, tenant, holder, role }) => {
      return { keyId, tenant, holder, role, scopes: scopesOf(role), isSession: false }
    },
    ...{ secretOf, now: () => clock.ms },
  })
  return { check, clock }
}

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'taken',
    (error: { code: string }) => error.code,
  )

const sign = (given: Partial<Parameters<typeof signed>[0]> = {}) =>
  signed({ keyId: KEY.id, secret: secretOf(HASH), timestamp: NOW, ...REQUEST, ...given })

test('A2: takes what the holder has signed, and says who it is', async () => {
  const { caller } = await checker().check(sign(), REQUEST)

  expect(caller).toMatchObject({ keyId: KEY.id, holder: 'ann' })
})

test.each([
  [-5_001, 'SIGNATURE_TIME'],
  [-5_000, 'taken'],
  [1_000, 'taken'],
  [1_001, 'SIGNATURE_TIME'],
])('A2: a request of %i ms from now is %s', async (ms, code) => {
  const given = sign({ timestamp: NOW + ms })

  expect(await codeOf(checker().check(given, REQUEST))).toBe(code)
})

test('A2: what was sent before is not taken again, nor told to who can’t sign', async () => {
  const { check } = checker()
  const given = sign()
  await check(given, REQUEST)

  expect(await codeOf(check(given, REQUEST))).toBe('SIGNATURE_REPLAYED')
  expect(await codeOf(check(given.replace(/.{4}$/, '0000'), REQUEST))).toBe('SIGNATURE')
})

test.each([
  ['another method', { method: 'PUT' }],
  ['another path', { target: '/v1/xx?y=1' }],
  ['another query', { target: '/v1/x?y=2' }],
  ['a query moved into the path', { target: '/v1/x/y=1' }],
  ['another Idempotency-Key', { idempotencyKey: 'l' }],
  ['no Idempotency-Key', { idempotencyKey: undefined }],
])('A2: a signature is not good for %s', async (_, other) => {
  const given = checker().check(sign(), { ...REQUEST, ...other })

  expect(await codeOf(given)).toBe('SIGNATURE')
})

test('A2: only with the secret of the key, and that of before while it is good', async () => {
  const old = sign({ secret: secretOf(OLD_HASH) })
  const late = checker()
  late.clock.ms += 1_000

  expect(await codeOf(checker().check(old, REQUEST))).toBe('taken')
  expect(await codeOf(late.check(old, REQUEST))).toBe('SIGNATURE')
  const other = signingSecretOf(Buffer.alloc(32, 6), HASH)
  expect(await codeOf(checker().check(sign({ secret: other }), REQUEST))).toBe('SIGNATURE')
  const expired = checker({ ...KEY, expiresAtMs: NOW })
  expect(await codeOf(expired.check(sign(), REQUEST))).toBe('SIGNATURE')
})

test('A2: a body is the one that was signed, and is there in time', async () => {
  const body = Buffer.from('{"amount":"5"}')
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const read = (text: string, atMs: number) =>
    readSigned(Readable.from([Buffer.from(text)]), {
      ...{ signature: { bodyHash, timestamp: NOW }, lengthMax: 100, now: () => atMs },
    })

  expect((await (await read(`${body}`, NOW)).toArray()).join('')).toBe(`${body}`)
  expect(await codeOf(read('{"amount":"6"}', NOW))).toBe('SIGNATURE')
  expect(await codeOf(read(`${body}`, NOW + 5_001))).toBe('SIGNATURE_TIME')
  expect(await codeOf(read('x'.repeat(101), NOW))).toBe('FST_ERR_CTP_BODY_TOO_LARGE')
})
