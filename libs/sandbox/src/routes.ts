import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { AppError } from '@coffer/errors/app-error'
import type { Routes } from '@coffer/http/server'
import { parsedBy } from '@coffer/money/parsed-by'
import { parseUnits } from '@coffer/money/units'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { pause } from '@coffer/runtime/backoff'
import { crashPoint } from '@coffer/runtime/crash-point'
import { z } from 'zod'
import {
  chargeBack,
  findCharge,
  findRefund,
  makeCharge,
  makeRefund,
} from './adapters/postgres-charges.ts'
import { readStatement } from './adapters/postgres-movements.ts'
import { statementCsv, statementJsonLines } from './domain/movement.ts'
import { cardPlan, testCards } from './domain/test-cards.ts'
import type { ChargeView, RefundView } from './ports.ts'

export type SandboxRoutesOptions = {
  postgres: Postgres
  now: () => Date
  /** How long decisions take of cards that are decided late, milliseconds. */
  delayMs: number
  /** Ends requests that get no answer. */
  stopping: AbortSignal
}

const moment = z.iso.datetime().optional()
const amount = parsedBy(parseUnits).refine((units) => units > 0n, 'Expected more than 0.')
const callbackUrl = z.url({ protocol: /^https?$/ })
const reference = z.string().min(1).max(200)

const chargeOrder = z.strictObject({
  reference: reference.describe('Your name for it: asked again under it nothing new is charged'),
  asset: z.string().regex(/^sandbox:1\/iso4217:[A-Z]{3}$/),
  amount,
  callbackUrl,
  card: z.string().describe(`One of ${testCards.join(', ')}`),
})

const refundOrder = z.strictObject({
  reference,
  charge: reference.describe('Id of the charge, or its reference'),
  amount,
  callbackUrl,
})

const charge = z.strictObject({
  id: z.string(),
  reference: z.string(),
  asset: z.string(),
  amount: z.string(),
  status: z.enum(['pending', 'succeeded', 'declined', 'charged_back']),
  reason: z.string().optional(),
  movedAt: moment,
})

const refund = z.strictObject({
  ...charge.shape,
  charge: z.string(),
  status: z.enum(['pending', 'succeeded', 'failed']),
})

const named = z.strictObject({ id: reference.describe('An id, or the reference it was given') })

/** Charges, refunds, chargebacks and statements of the stand-in card processor. */
export function sandboxRoutes(options: SandboxRoutesOptions): Routes {
  return async (app) => {
    await app.register(chargeRoutes(options))
    await app.register(refundRoutes(options))
    await app.register(statementRoutes(options))
  }
}

function chargeRoutes({ postgres, now, delayMs, stopping }: SandboxRoutesOptions): Routes {
  const tags = ['charges']
  const mishap = firstRequests()
  return async (app) => {
    app.post(
      '/charges',
      {
        schema: {
          tags,
          summary: 'Charge a card, once for each reference',
          body: chargeOrder,
          response: { 201: charge },
        },
      },
      async ({ body }, reply) => {
        const misfortune = mishap(body)
        if (misfortune === 'failed') throw new MishapError()
        const made =
          misfortune === 'lost'
            ? undefined
            : await makeCharge(postgres, body, { now: now(), delayMs })
        if (made === undefined || misfortune === 'unanswered') {
          await untilGone(reply.raw, stopping)
          throw new MishapError()
        }
        crashPoint('sandbox.before-answer')
        return reply.status(201).send(chargeOnWire(made))
      },
    )
    app.get(
      '/charges/:id',
      { schema: { tags, summary: 'One charge', params: named, response: { 200: charge } } },
      async ({ params: { id } }) => chargeOnWire(await findCharge(postgres, id)),
    )
    app.post(
      '/chargebacks',
      {
        schema: {
          tags,
          summary: 'Have the holder of a card take a charge back',
          body: z.strictObject({ charge: reference }),
          response: { 200: charge },
        },
      },
      async ({ body }) => chargeOnWire(await chargeBack(postgres, body.charge, now())),
    )
  }
}

function refundRoutes({ postgres, now }: SandboxRoutesOptions): Routes {
  const tags = ['refunds']
  return async (app) => {
    app.post(
      '/refunds',
      {
        schema: {
          tags,
          summary: 'Give back a part of a charge, once for each reference',
          body: refundOrder,
          response: { 201: refund },
        },
      },
      async ({ body }, reply) =>
        reply.status(201).send(refundOnWire(await makeRefund(postgres, body, now()))),
    )
    app.get(
      '/refunds/:id',
      { schema: { tags, summary: 'One refund', params: named, response: { 200: refund } } },
      async ({ params: { id } }) => refundOnWire(await findRefund(postgres, id)),
    )
  }
}

function statementRoutes({ postgres }: SandboxRoutesOptions): Routes {
  return async (app) => {
    app.get(
      '/statements/:day',
      {
        schema: {
          tags: ['statements'],
          summary: 'What was moved on a day of UTC, as one JSON object a line or as CSV',
          params: z.strictObject({ day: z.iso.date() }),
          querystring: z.strictObject({ format: z.enum(['jsonl', 'csv']).default('jsonl') }),
          produces: ['application/x-ndjson', 'text/csv'],
        },
      },
      async ({ params: { day }, query: { format } }, reply) => {
        const movements = await readStatement(postgres, day)
        return format === 'csv'
          ? reply.type('text/csv').send(statementCsv(movements))
          : reply.type('application/x-ndjson').send(statementJsonLines(movements))
      },
    )
  }
}

/** What befalls the first request for a charge, and no later one. */
function firstRequests() {
  const seen = new Set<string>()
  return ({ reference, card }: { reference: string; card: string }) => {
    const isFirst = !seen.has(reference)
    seen.add(reference)
    return isFirst ? cardPlan(card)?.firstRequest : undefined
  }
}

/** No caller waits longer for an answer, milliseconds. */
const PATIENCE_MS = 60_000

async function untilGone(response: ServerResponse, stopping: AbortSignal): Promise<void> {
  const answered = new AbortController()
  const signal = AbortSignal.any([stopping, answered.signal])
  await Promise.race([
    once(response, 'close', { signal }).catch(() => undefined),
    pause(PATIENCE_MS, signal),
  ])
  answered.abort()
}

const chargeOnWire = ({ amount, movedAt, ...view }: ChargeView) => ({
  ...view,
  amount: `${amount}`,
  movedAt: movedAt?.toISOString(),
})

const refundOnWire = ({ amount, movedAt, ...view }: RefundView) => ({
  ...view,
  amount: `${amount}`,
  movedAt: movedAt?.toISOString(),
})

/** What a processor says that does not know itself what it did. */
class MishapError extends AppError {
  readonly code = 'SANDBOX_MISHAP'

  constructor() {
    super('The sandbox failed, as this card has it fail once.', { retry: 'retry' })
  }
}
