import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What one webhook looked like when it came. */
export type ReceivedWebhook = { path: string; headers: Record<string, string>; body: string }

export type WebhookReceiver = AsyncDisposable & {
  url: string
  received: ReceivedWebhook[]
  /** What it answers by path: a status, or nothing for ever. */
  answers: Map<string, number | 'hang'>
}

/** A server on this machine that takes webhooks, and answers 204 unless it is told otherwise. */
export async function webhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  const answers = new Map<string, number | 'hang'>()
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { url: path = '', headers } = request
      received.push({ path, headers: headers as Record<string, string>, body })
      const answer = answers.get(path) ?? 204
      if (answer === 'hang') return
      response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
