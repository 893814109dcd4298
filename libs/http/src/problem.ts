import { AppError } from '@coffer/errors/app-error'
import { z } from 'zod'

/** What is sent to the client for every error, as `application/problem+json`. RFC 9457. */
export const problemSchema = z.strictObject({
  /** Stable; a heading of `docs/errors.md`. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What was wrong with this request, what was expected, what to do. */
  detail: z.string(),
  /** Stable and greppable, for programs. */
  code: z.string(),
  /** What the log calls this request. */
  requestId: z.string(),
  /** Each thing that was wrong, when there may be several. */
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
})

export type Problem = z.output<typeof problemSchema>

export const PROBLEM_TYPE = 'application/problem+json'

/** How one expected error is told: HTTP's status and a title that is the same each time. */
export type ErrorStatus = { status: number; title: string }

/** By the code of an `AppError`. */
export type ErrorStatuses = Readonly<Record<string, ErrorStatus>>

/** A problem before it is known which request it answers. */
export type NewProblem = Omit<Problem, 'type' | 'requestId'>

/** What Fastify refuses before a route sees the request. Its own words go to nobody. */
const FRAMEWORK: Readonly<Record<string, NewProblem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'BODY_TOO_LARGE',
    status: 413,
    title: 'The body is too large',
    detail: 'The body is larger than this route accepts. Send less at once.',
  },
  BODY_TOO_DEEP: {
    code: 'BODY_TOO_DEEP',
    status: 400,
    title: 'The body is nested too deep',
    detail: 'Arrays and objects of the body are nested deeper than 32 levels. Nothing here is.',
  },
  BODY_TEXT: {
    code: 'BODY_TEXT',
    status: 400,
    title: 'The body has a text that cannot be stored',
    detail:
      'A text of the body holds a NUL character (\\u0000), half a surrogate pair, or what is no ' +
      'UTF-8 (U+FFFD): it could not be given back as it was. Leave it out.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'MEDIA_TYPE',
    status: 415,
    title: 'The body has a media type that this route does not read',
    detail: 'Send the body as JSON, with the header "Content-Type: application/json".',
  },
  REQUEST_INVALID: {
    code: 'REQUEST_INVALID',
    status: 400,
    title: 'The request is not as this route expects it',
    detail: 'The URL holds a NUL character (%00), which no text here can hold. Leave it out.',
  },
  FST_ERR_BAD_URL: {
    code: 'URL_MALFORMED',
    status: 400,
    title: 'The URL is malformed',
    detail: 'The path is not valid percent-encoding. Encode each part of it as RFC 3986 says.',
  },
}

const BODY_MALFORMED: NewProblem = {
  code: 'BODY_MALFORMED',
  status: 400,
  title: 'The body is malformed',
  detail: 'The body is not valid JSON, or its length is not what was announced.',
}

const UNAVAILABLE: NewProblem = {
  code: 'UNAVAILABLE',
  status: 503,
  title: 'Not available for now',
  detail: 'Something this request needs does not answer. Try the same request again shortly.',
}

const INTERNAL: NewProblem = {
  code: 'INTERNAL',
  status: 500,
  title: 'Something unexpected went wrong',
  detail: 'This is a fault of the server. Report the requestId to whoever runs it.',
}

export type ProblemOptions = {
  statuses: ErrorStatuses
  /** Failures of infrastructure that a later request need not meet. */
  isTransient: (error: unknown) => boolean
}

/** The problem that tells a client of `error`, without anything that is none of its business. */
export function problemOf(error: unknown, { statuses, isTransient }: ProblemOptions): NewProblem {
  const known = error instanceof AppError ? statuses[error.code] : undefined
  if (error instanceof AppError && known !== undefined) {
    return { ...known, code: error.code, detail: error.message }
  }
  if (isTransient(error) || (error instanceof AppError && error.retry === 'retry')) {
    return UNAVAILABLE
  }
  return frameworkProblem(error) ?? INTERNAL
}

/** Adds what every answer has in common. */
export function asProblem(problem: NewProblem, requestId: string): Problem {
  const type = `/errors/${problem.code.toLowerCase().replaceAll('_', '-')}`
  return { type, ...problem, requestId }
}

function frameworkProblem(error: unknown): NewProblem | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '', statusCode, validation, validationContext } = error as FrameworkError
  if (validation) return invalidRequest(validation, validationContext ?? 'request')
  if (FRAMEWORK[code]) return FRAMEWORK[code]
  return statusCode === 400 ? BODY_MALFORMED : undefined
}

function invalidRequest(issues: readonly Issue[], context: string): NewProblem {
  const place = context === 'querystring' ? 'query' : context
  const errors = issues.map(({ instancePath = '', message = 'is invalid' }) => ({
    path: `/${place}${instancePath === '/' ? '' : instancePath}`,
    message,
  }))
  return {
    code: 'REQUEST_INVALID',
    status: 400,
    title: 'The request is not as this route expects it',
    detail: errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    errors,
  }
}

type Issue = { instancePath?: string; message?: string }

/** What Fastify adds to an Error, as far as it is read here. */
type FrameworkError = Error & {
  code?: string
  statusCode?: number
  validation?: readonly Issue[]
  validationContext?: string
}
