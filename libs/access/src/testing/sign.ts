import { createHash, createHmac, randomUUID } from 'node:crypto'
import type { SignedRequest } from '../request-signature.ts'

export type ToSign = SignedRequest & {
  keyId: string
  secret: string
  timestamp: number
  nonce?: string
  body?: string
}

/** An `Authorization` header as docs/access.md says it is made. */
export function signed({ keyId, secret, timestamp, body = '', ...request }: ToSign): string {
  const { method, target, idempotencyKey = '', nonce = randomUUID() } = request
  const [path, query = ''] = target.split('?')
  const hash = createHash('sha256').update(body).digest('hex')
  const lines = ['Coffer-HMAC-SHA256', method, path, query, idempotencyKey, timestamp, nonce, hash]
  const signature = createHmac('sha256', secret).update(lines.join('\n')).digest('hex')
  const said = `key=${keyId}, timestamp=${timestamp}, nonce=${nonce}, body=${hash}`
  return `Coffer-HMAC-SHA256 ${said}, signature=${signature}`
}
