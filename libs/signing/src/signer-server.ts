import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { AppError } from '@coffer/errors/app-error'
import type { Logger } from '@coffer/telemetry/logger'
import type { Signer, SigningPurpose } from './ports.ts'
import { requirePrivate } from './private-file.ts'
import { signingRequestSchema } from './request-wire.ts'
import { SigningRefusedError, type SigningRule } from './signing-refused.ts'

/** Told of every answer. */
export type SignerObserver = {
  signed(purpose: SigningPurpose): void
  refused(rule: SigningRule): void
  failed(): void
}

export type SignerServerOptions = {
  signer: Signer
  /** A Unix socket in a folder that is its owner's alone. */
  path: string
  logger: Logger
  observer: SignerObserver
}

const BODY_BYTES_MAX = 1_048_576

/** The longest name of a socket that every system knows; Linux has 108 with the ending zero. */
const PATH_BYTES_MAX = 103

/**
 * Answers requests on a Unix socket that only its owner may open, until it is disposed. Throws
 * {@link SignerSocketError} when another signer answers there.
 */
export async function signerServer(options: SignerServerOptions): Promise<AsyncDisposable> {
  const { path } = options
  await requirePrivate(dirname(path), 'folder')
  await requireFree(path)
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.observer.failed()
      options.logger.error({ err: error }, 'could not sign')
      send(response, 500, { code: 'SIGNER_FAILED', message: 'The signer failed; see its log.' })
    })
  })
  server.listen(path)
  await once(server, 'listening')
  await chmod(path, 0o600)
  return {
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await closed
    },
  }
}

async function answer(
  { signer, logger, observer }: SignerServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = `${request.method} ${request.url}`
  if (route === 'GET /addresses') {
    return send(response, 200, { addresses: await signer.addresses() })
  }
  try {
    if (route !== 'POST /sign') throw new SigningRefusedError('malformed', `no such ${route}.`)
    const { derivationIndex, payouts, ...asked } = parseRequest(await readBody(request))
    const signed = await signer.sign({
      ...asked,
      ...(payouts ? { payouts } : {}),
      ...(derivationIndex === undefined ? {} : { derivationIndex }),
    })
    const { chain, purpose, from, transaction } = asked
    observer.signed(purpose)
    const { nonce } = transaction
    logger.info({ chain, purpose, from, nonce, hash: signed.hash }, 'signed')
    send(response, 200, signed)
  } catch (error) {
    if (!(error instanceof SigningRefusedError)) throw error
    const { code, rule, message } = error
    observer.refused(rule)
    logger.warn({ rule, reason: message }, 'refused')
    send(response, 403, { code, rule, message })
  }
}

function parseRequest(body: string) {
  try {
    return signingRequestSchema.parse(JSON.parse(body))
  } catch (error) {
    const problem = error instanceof Error ? error.message.slice(0, 1_000) : 'no JSON'
    throw new SigningRefusedError('malformed', problem)
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > BODY_BYTES_MAX) throw new SigningRefusedError('malformed', 'it is too long.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** Takes away the socket of a signer that is gone. */
async function requireFree(path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new SignerSocketError(path, `its path is longer than ${PATH_BYTES_MAX} bytes`)
  }
  const socket = connect(path)
  const answers = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  if (answers) throw new SignerSocketError(path, 'another signer answers there')
  await rm(path, { force: true })
}

/** The signer can't listen where it is told to. */
export class SignerSocketError extends AppError {
  readonly code = 'SIGNER_SOCKET'

  constructor(path: string, problem: string) {
    super(`The signer can't listen at ${path}: ${problem}.`, { retry: 'never', details: { path } })
  }
}
