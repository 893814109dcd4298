import { AppError } from '@coffer/errors/app-error'
import type { components } from './api.ts'

/** What the API answers instead of what was asked for. RFC 9457. */
export type Problem = components['schemas']['Problem']

/** The API refused a call, and says why. Its `code` is that of the problem. */
export class ApiProblem extends AppError {
  readonly code: string
  readonly problem: Problem

  constructor(problem: Problem) {
    const { status, detail, requestId } = problem
    const isPassing = status === 429 || status === 503
    super(detail, { retry: isPassing ? 'retry' : 'never', details: { status, requestId } })
    this.code = problem.code
    this.problem = problem
  }
}

/** Nothing that could be understood was answered, however often it was tried. */
export class ApiUnreachableError extends AppError {
  readonly code = 'API_UNREACHABLE'

  constructor(url: string, cause: unknown) {
    super(
      `No answer of the API came from ${url}. Expected a running Coffer there: is the address ` +
        'right, and does anything stand between?',
      { retry: 'retry', details: { url }, cause },
    )
  }
}
