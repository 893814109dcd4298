import { once } from 'node:events'
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import { AppError } from '@coffer/errors/app-error'
import type { PostWebhook } from '../ports.ts'
import { isPublicAddress } from './public-address.ts'
import { type ResolveHost, resolveLocalHost, resolvePublicHost } from './resolve-host.ts'

export type GuardedPostOptions = {
  /** Whether addresses that are not of the internet may be called: for local chains and tests. */
  allowPrivate: boolean
  /** Whether `http:` may be. */
  allowHttp: boolean
  timeoutMs?: number
  resolve?: ResolveHost
  /** Which addresses may be called; by default those of the internet. */
  isAllowed?: (address: string) => boolean
}

/**
 * Posts to a URL that somebody else chose. Every address that its host has is checked when the
 * connection is made, one of those is connected to, and what was connected to is checked before a
 * byte is sent. It follows no redirect, reads nothing of the answer but its head, and ends in time.
 */
export function guardedPost({
  allowPrivate,
  allowHttp,
  timeoutMs = 15_000,
  resolve = allowPrivate ? resolveLocalHost : resolvePublicHost,
  isAllowed = (address) => allowPrivate || isPublicAddress(address),
}: GuardedPostOptions): PostWebhook {
  const lookup = lookupOf(resolve, isAllowed)

  return async ({ url, headers, body }) => {
    const { protocol, hostname } = new URL(url)
    if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) {
      throw new AddressRefusedError(protocol)
    }
    // A host that is an address is looked up by nobody.
    const literal = hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0 && !isAllowed(literal)) throw new AddressRefusedError(literal)

    const request = (protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: false,
      lookup,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
    })
    return await answerOf(request, { body, isAllowed })
  }
}

type Sending = { body: string; isAllowed: (address: string) => boolean }

async function answerOf(request: ClientRequest, { body, isAllowed }: Sending): Promise<number> {
  const answered = once(request, 'response') as Promise<[IncomingMessage]>
  request.once('socket', (socket: Socket) => {
    // Nothing is sent before: the head goes with the first bytes of the body.
    socket.once('connect', () => {
      const { remoteAddress = '' } = socket
      if (isAllowed(remoteAddress)) request.end(body)
      else request.destroy(new AddressRefusedError(remoteAddress))
    })
  })
  const [response] = await answered
  const { statusCode = 0 } = response
  // Nobody waits for the rest of it, which may never end.
  response.once('error', () => undefined)
  request.once('error', () => undefined)
  response.destroy()
  return statusCode
}

/** Answers addresses only if all are allowed: one among many would be tried sooner or later. */
const lookupOf =
  (resolve: ResolveHost, isAllowed: (address: string) => boolean): LookupFunction =>
  (host, { all }, callback) => {
    const found = resolve(host).then((addresses) => {
      const refused = addresses.find(({ address }) => !isAllowed(address))
      if (refused) throw new AddressRefusedError(refused.address)
      const [first] = addresses
      if (first === undefined) throw new Error(`${host} has no address.`)
      return { addresses, first }
    })
    found.then(
      ({ addresses, first }) =>
        all ? callback(null, addresses) : callback(null, first.address, first.family),
      (error: NodeJS.ErrnoException) => callback(error, all ? [] : '', 0),
    )
  }

/** A webhook leads to where webhooks must not lead. */
export class AddressRefusedError extends AppError {
  readonly code = 'WEBHOOK_ADDRESS'

  constructor(address: string) {
    super(
      `No webhook is sent to ${address}. Expected https: and a host whose every address is of ` +
        'the internet.',
      { retry: 'never', details: { address } },
    )
  }
}
