import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { asProblem, type NewProblem, PROBLEM_TYPE } from './problem.ts'

/** Why Node gave up reading a request, by the code of its error. */
const REASONS: Readonly<Record<string, NewProblem>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'HEADERS_TOO_LARGE',
    status: 431,
    title: 'The request line and the headers are too large',
    detail: 'They are larger than 16 KiB together. Send less of them, or a body.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'REQUEST_TIMEOUT',
    status: 408,
    title: 'The request did not come in time',
    detail: 'Its headers or its body took too long to arrive. Send it again.',
  },
}

const MALFORMED: NewProblem = {
  code: 'REQUEST_MALFORMED',
  status: 400,
  title: 'This is no HTTP request',
  detail:
    'What came could not be read as HTTP/1.1. Look at what stands between you and this server.',
}

/** Answers what could not be read as a request with a problem of RFC 9457, and hangs up. */
export function answerUnread(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = REASONS[error.code ?? ''] ?? MALFORMED
  const body = JSON.stringify(asProblem(problem, randomUUID()))
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'x-content-type-options: nosniff',
      'cache-control: no-store',
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
