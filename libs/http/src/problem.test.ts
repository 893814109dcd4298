import { AppError } from '@coffer/errors/app-error'
import { expect, test } from 'vitest'
import { asProblem, type ProblemOptions, problemOf } from './problem.ts'

class UnknownChainError extends AppError {
  readonly code = 'CHAIN_UNKNOWN'
}

class AwayError extends AppError {
  readonly code = 'AWAY'
}

const options: ProblemOptions = {
  statuses: { CHAIN_UNKNOWN: { status: 422, title: 'The chain is unknown' } },
  isTransient: (error) => error instanceof Error && error.message === 'connection refused',
}

test('an expected error is told by its own message, without details or cause', () => {
  const error = new UnknownChainError('Chain "eip155:9" is not followed.', {
    retry: 'never',
    details: { secret: 'x' },
    cause: new Error('internal'),
  })

  expect(asProblem(problemOf(error, options), 'r1')).toEqual({
    type: '/errors/chain-unknown',
    title: 'The chain is unknown',
    status: 422,
    detail: 'Chain "eip155:9" is not followed.',
    code: 'CHAIN_UNKNOWN',
    requestId: 'r1',
  })
})

test.each([new Error('connection refused'), new AwayError('node away', { retry: 'retry' })])(
  'what may pass is 503, without its message: %s',
  (error) => {
    const { status, code, detail } = problemOf(error, options)

    expect([status, code]).toEqual([503, 'UNAVAILABLE'])
    expect(detail).not.toContain(error.message)
  },
)

test.each([
  new TypeError('x is not a function'),
  new AwayError('an error nobody listed', { retry: 'never' }),
  Object.assign(new Error('text'), { statusCode: 502 }),
  'a string',
  undefined,
])('anything else is 500 and says nothing of itself: %s', (error) => {
  const { status, code, detail } = problemOf(error, options)

  expect([status, code]).toEqual([500, 'INTERNAL'])
  expect(detail).toContain('requestId')
})

test('a request that breaks its schema names each thing that is wrong and where', () => {
  const error = Object.assign(new Error('invalid'), {
    validationContext: 'querystring',
    validation: [
      { instancePath: '/limit', message: 'too large' },
      { instancePath: '/', message: 'Unrecognized key: "x"' },
    ],
  })

  expect(problemOf(error, options)).toMatchObject({
    status: 400,
    detail: '/query/limit: too large; /query: Unrecognized key: "x"',
    errors: [
      { path: '/query/limit', message: 'too large' },
      { path: '/query', message: 'Unrecognized key: "x"' },
    ],
  })
})

test.each([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 413],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 415],
  ['FST_ERR_BAD_URL', 400, 400],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400, 400],
])('%s is told as %i', (code, statusCode, status) => {
  const error = Object.assign(new Error('framework words'), { code, statusCode })

  expect(problemOf(error, options).status).toBe(status)
  expect(problemOf(error, options).detail).not.toContain('framework words')
})
