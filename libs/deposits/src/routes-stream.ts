import { Readable } from 'node:stream'
import { AppError } from '@coffer/errors/app-error'
import { callerOf, tenantOf } from '@coffer/http/caller'
import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import { z } from 'zod'
import { parseStreamPlace } from './domain/stream-place.ts'
import type { Listener, tellDeposits } from './usecases/tell-deposits.ts'
import * as wire from './wire.ts'

export type DepositStreamOptions = {
  deposits: ReturnType<typeof tellDeposits>
  findOwner: (reference: string, tenant: string | null) => Promise<string | undefined>
  /** Whether a key is good at this moment. */
  isGood: (keyId: string) => boolean | Promise<boolean>
  assets: readonly Asset[]
}

/** At once, with one key, to one process. */
const STREAMS_MAX = 20

/** What waits for a reader before it is told no more until it has read that, bytes. */
const WAITING_BYTES = 64 * 1024

/** How long a reader that was cut off waits before it comes again, milliseconds. */
const RETRY_MS = 1_000

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Deposits as they happen, as Server-Sent Events. */
export function depositStreamRoutes(options: DepositStreamOptions): Routes {
  const { deposits, findOwner, isGood, assets } = options
  const open = new Map<string, number>()
  return async (app) => {
    app.addHook('preClose', () => deposits.stop())
    app.get(
      '/v1/deposits/stream',
      {
        config: { access: 'deposits:read' },
        schema: {
          tags: ['deposits'],
          summary: 'Deposits from first sight to credit, as Server-Sent Events',
          description:
            'Begins with those that wait for confirmations. An event `deposit` is one deposit as ' +
            'it is then, and may come twice. Who was cut off goes on after Last-Event-ID; ' +
            '`1-0-0` is before the first of all.',
          querystring: z.strictObject({
            owner: z.string().optional().describe("A user's id or external id"),
          }),
          headers: z.object({ 'last-event-id': z.string().max(100).optional() }),
          produces: ['text/event-stream'],
          response: { 200: z.string() },
        },
      },
      async (request, reply) => {
        const { keyId } = callerOf(request)
        const tenant = tenantOf(request)
        const lastId = request.headers['last-event-id']
        const from = lastId ? parseStreamPlace(lastId) : undefined
        const { owner: reference } = request.query
        // Nothing ever happens to somebody whom nobody knows.
        const owner = reference && ((await findOwner(reference, tenant ?? null)) ?? NOBODY)
        const count = open.get(keyId) ?? 0
        if (count >= STREAMS_MAX) throw new StreamsMaxError()
        open.set(keyId, count + 1)
        const { stream, listener } = openStream(
          { assets, isAllowed: () => isGood(keyId) },
          {
            ...(tenant === undefined ? {} : { tenant }),
            ...(owner ? { owner } : {}),
          },
        )
        stream.once('close', () => {
          deposits.leave(listener)
          open.set(keyId, (open.get(keyId) ?? 1) - 1)
        })
        reply.raw.once('close', () => stream.destroy())
        stream.push(`retry: ${RETRY_MS}\n\n`)
        deposits.listen(listener, from).catch((error: Error) => stream.destroy(error))
        return (
          reply
            .header('content-type', 'text/event-stream')
            .header('x-accel-buffering', 'no')
            // A server that stops waits for connections that might be used again.
            .header('connection', 'close')
            .send(stream as never)
        )
      },
    )
  }
}

function openStream(
  { assets, isAllowed }: { assets: readonly Asset[]; isAllowed: Listener['isAllowed'] },
  audience: Listener['audience'],
): { stream: Readable; listener: Listener } {
  let goOn = () => {}
  const stream = new Readable({ read: () => goOn() })
  stream.once('close', () => goOn())
  const isBehind = () => !stream.destroyed && stream.readableLength > WAITING_BYTES
  const write = (text: string) => {
    if (!stream.destroyed) stream.push(text)
  }
  const listener: Listener = {
    audience,
    isAllowed,
    isBehind,
    async taken() {
      if (isBehind()) await new Promise<void>((resolve) => (goOn = resolve))
    },
    tell({ id, deposit }) {
      const told = JSON.stringify(wire.depositOnWire(deposit, assets))
      write(`id: ${id}\nevent: deposit\ndata: ${told}\n\n`)
    },
    beat: () => write(': still here\n\n'),
    end: () => void stream.push(null),
  }
  return { stream, listener }
}

/** A key reads as many streams as it may. */
export class StreamsMaxError extends AppError {
  readonly code = 'STREAMS_MAX'

  constructor() {
    super(`A key reads at most ${STREAMS_MAX} streams at once. Close one first.`, {
      retry: 'never',
    })
  }
}
