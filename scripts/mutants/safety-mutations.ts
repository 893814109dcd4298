import type { Mutation } from './mutation.ts'

/** Bugs that let callers of the API do what they may not. */
export const safetyMutations: readonly Mutation[] = [
  {
    name: 'who asked for a withdrawal approves it',
    file: 'libs/withdrawals/src/usecases/approve-withdrawal.ts',
    find: 'if (isSameHolder(requestedBy, approver)) {',
    replace: "if (requestedBy === '') {",
    tests: ['apps/api/src/withdrawals.integration.test.ts'],
  },
  {
    name: 'what nobody knows who asked for is approved',
    file: 'libs/withdrawals/src/usecases/approve-withdrawal.ts',
    find: "throw new ApprovalRefusedError(id, 'nobody knows who asked for it, so cancel it')",
    replace: 'withdrawal.isAlone = false',
    tests: ['apps/api/src/withdrawals.integration.test.ts'],
  },
  {
    name: 'a key answers whatever else is asked for under it',
    file: 'libs/access/src/adapters/postgres-answers.ts',
    find: 'if (known.hash !== hash) throw',
    replace: "if (known.hash === '0x') throw",
    tests: ['apps/api/src/idempotency.integration.test.ts'],
  },
  {
    name: 'requests under one key are done at the same time',
    file: 'libs/http/src/idempotency.ts',
    find: '      inFlight.add(name)\n',
    replace: '',
    tests: ['apps/api/src/idempotency.integration.test.ts'],
  },
  {
    name: 'a signed request is taken as often as it is sent',
    file: 'libs/access/src/usecases/check-signature.ts',
    find: 'if (!(await nonces.take(key.id, signature.nonce, until)))',
    replace: "if (!(await nonces.take(key.id, signature.nonce, until)) && key.id === '')",
    tests: ['libs/access/src/usecases/check-signature.test.ts'],
  },
  {
    name: 'a body is not held against what was signed',
    file: 'libs/access/src/read-signed.ts',
    find: "if (hash.digest('hex') !== signature.bodyHash) throw",
    replace: 'if (length < 0) throw',
    tests: ['libs/access/src/usecases/check-signature.test.ts'],
  },
  {
    name: 'a signed request may wait for ever before it is done',
    file: 'libs/access/src/read-signed.ts',
    find: '  requireTimely(signature.timestamp, now())\n',
    replace: '',
    tests: ['libs/access/src/usecases/check-signature.test.ts'],
  },
  {
    name: 'a key that signs is good without signing',
    file: 'libs/access/src/usecases/authenticate.ts',
    find: 'if (requiresSignature) throw new SignatureMissingError()',
    replace: 'if (requiresSignature === undefined) throw new SignatureMissingError()',
    tests: ['apps/api/src/signed-requests.integration.test.ts'],
  },
  {
    name: 'while Redis is away nobody has a limit',
    file: 'libs/access/src/usecases/limit-rate.ts',
    find: 'if (shared === undefined || now() < aloneUntil) return count.taken + wanted',
    replace: 'if (shared === undefined || now() < aloneUntil) return wanted',
    tests: ['libs/access/src/usecases/limit-rate.test.ts'],
  },
  {
    name: 'of addresses that are asked for at once a user gets too many',
    file: 'libs/wallets/src/adapters/postgres-address-book.ts',
    find: 'select pg_advisory_xact_lock(hashtextextended(${owner}, 0))',
    replace: 'select hashtextextended(${owner}, 0)',
    tests: ['apps/api/src/users.integration.test.ts'],
  },
  {
    name: 'pages of every origin may read answers',
    file: 'libs/http/src/allow-origins.ts',
    find: 'if (origin === undefined || !allowed.has(origin)) return done()',
    replace: 'if (origin === undefined) return done()',
    tests: ['libs/http/src/server.integration.test.ts'],
  },
  {
    name: 'a request may have fields that nobody named',
    file: 'libs/withdrawals/src/wire.ts',
    find: 'export const newWithdrawal = z.strictObject({',
    replace: 'export const newWithdrawal = z.object({',
    tests: ['apps/api/src/openapi.integration.test.ts'],
  },
]
