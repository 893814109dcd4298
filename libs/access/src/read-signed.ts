import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { errorCodes } from 'fastify'
import type { RequestSignature } from './request-signature.ts'
import { requireTimely, SignatureError } from './usecases/check-signature.ts'

export type ReadSignedOptions = {
  signature: Pick<RequestSignature, 'bodyHash' | 'timestamp'>
  /** Bytes. */
  lengthMax: number
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * The body that was signed: it is read whole, so that nothing of it is done before all of it is
 * known, and it must have come in time. Throws {@link SignatureError} and `SignatureTimeError`.
 */
export async function readSigned(
  payload: AsyncIterable<Buffer>,
  { signature, lengthMax, now }: ReadSignedOptions,
): Promise<Readable> {
  const hash = createHash('sha256')
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of payload) {
    length += piece.length
    if (length > lengthMax) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
    hash.update(piece)
    pieces.push(piece)
  }
  if (hash.digest('hex') !== signature.bodyHash) throw new SignatureError()
  requireTimely(signature.timestamp, now())
  return Readable.from(pieces, { objectMode: false })
}
