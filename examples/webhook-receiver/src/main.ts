/**
 * A shop that is told by webhook: verifies what comes, takes each event once, and answers before it
 * works. `WEBHOOK_SECRET=whsec_… PORT=8080 node examples/webhook-receiver/src/main.ts`
 */
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'

type Event = { type: string; timestamp: string; data: Readonly<Record<string, unknown>> }

/** More than any event of Coffer; whoever sends more is not believed to be it. */
const BODY_BYTES_MAX = 100_000

const { WEBHOOK_SECRET = '', PORT = '8080' } = process.env
const webhook = new Webhook(WEBHOOK_SECRET)

/** A real shop keeps these ids in its database, in the transaction that does the work. */
const handled = new Set<string>()

const server = createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status).end(),
    (error: unknown) => {
      console.error(error)
      response.writeHead(500).end()
    },
  )
})

/** Answers 2xx for whatever is to come no more, be it new or known. */
async function receive(request: IncomingMessage): Promise<number> {
  if (request.method !== 'POST') return 405
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return 413
  const id = `${request.headers['webhook-id']}`
  const event = verified(await text(request), request)
  if (event === undefined) return 401
  if (handled.has(id)) return 204
  handled.add(id)
  work(event)
  return 204
}

/** The body is verified as it came: JSON that is read and written again is other bytes. */
function verified(body: string, { headers }: IncomingMessage): Event | undefined {
  try {
    return webhook.verify(body, headers as Record<string, string>) as Event
  } catch (error) {
    if (error instanceof WebhookVerificationError) return undefined
    throw error
  }
}

/** Ships what was paid. */
function work({ type, data }: Event): void {
  const { reference, amount, asset } = data
  console.log([type, reference, amount, asset].filter((each) => each !== undefined).join(' '))
}

server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`))
process.on('SIGTERM', () => server.close())
