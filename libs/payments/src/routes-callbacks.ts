import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import type { takeCallback } from './usecases/take-callback.ts'

/** Longest callback, bytes. */
const BODY_MAX_BYTES = 64 * 1024

const header = z.string().max(1_000).optional()

const headers = z.object({
  'webhook-id': header,
  'webhook-timestamp': header,
  'webhook-signature': header,
})

/** What channels tell by themselves. Whoever signs what is sent needs no key. */
export function callbackRoutes(take: ReturnType<typeof takeCallback>): Routes {
  return async (app) => {
    // What is signed are the bytes, so they are not parsed before they are checked.
    app.removeAllContentTypeParsers()
    const asText = { parseAs: 'string', bodyLimit: BODY_MAX_BYTES } as const
    app.addContentTypeParser('*', asText, (_request, body, done) => done(null, body))
    app.post(
      '/v1/channels/sandbox/callbacks',
      {
        // They are signed, and money depends on them.
        config: { access: 'public', isUncounted: true },
        schema: {
          tags: ['channels'],
          summary: 'What the sandbox did',
          description:
            'Signed by Standard Webhooks instead of an API key. Told once more it is taken, and ' +
            'changes nothing.',
          headers,
          consumes: ['application/json'],
          response: { 200: z.strictObject({ status: z.enum(['applied', 'known']) }) },
        },
      },
      async ({ headers: sent, body }) => {
        const signed = Object.entries(sent).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        )
        return { status: await take(Object.fromEntries(signed), String(body ?? '')) }
      },
    )
  }
}
