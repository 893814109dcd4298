import { AppError } from '@coffer/errors/app-error'
import { callerOf } from '@coffer/http/caller'
import { idempotencyHeaders, keyedRequest, type Once } from '@coffer/http/idempotency'
import type { Routes } from '@coffer/http/server'
import { CHANNELS } from './domain/channels.ts'
import type { Differences, Runs } from './ports.ts'
import { readStatementCsv } from './statement-csv.ts'
import type { confirmAdjustment } from './usecases/confirm-adjustment.ts'
import type { importStatement } from './usecases/import-statement.ts'
import { DifferenceUnknownError, type proposeAdjustment } from './usecases/propose-adjustment.ts'
import { ReconciliationPlaceError, type requestRun } from './usecases/request-run.ts'
import * as wire from './wire.ts'

export type ReconciliationRoutesOptions = {
  runs: Pick<Runs, 'find'>
  differences: Differences
  requestRun: ReturnType<typeof requestRun>
  importStatement: ReturnType<typeof importStatement>
  /** Within one transaction. */
  adjustments: Once<AdjustmentActs>
  /** Told of each adjustment that was proposed or confirmed. */
  onAdjustment: (facts: { difference: string; by: string; kind: string; hash: string }) => void
}

export type AdjustmentActs = {
  proposeAdjustment: ReturnType<typeof proposeAdjustment>
  confirmAdjustment: ReturnType<typeof confirmAdjustment>
}

/** A statement of ten thousand lines, bytes. */
const STATEMENT_MAX_BYTES = 4 * 1024 * 1024

/** What our books and somebody else's word do not agree on. */
export function reconciliationRoutes(options: ReconciliationRoutesOptions): Routes {
  return async (app) => {
    await app.register(runRoutes(options))
    await app.register(differenceRoutes(options))
    await app.register(adjustmentRoutes(options))
    await app.register(statementRoute(options))
  }
}

const tags = ['reconciliation']

function runRoutes({ runs, requestRun }: ReconciliationRoutesOptions): Routes {
  return async (app) => {
    app.post(
      '/v1/reconciliation/runs',
      {
        config: { access: 'reconciliation:write' },
        schema: {
          tags,
          summary: 'Reconcile our books with a channel or a chain, soon',
          body: wire.runRequest,
          response: { 202: wire.runAnswer },
        },
      },
      async ({ body: { scope, channel, chain = '', day, whole: isWhole } }, reply) => {
        const place = scope === 'channel' ? channel : chain
        const run = await requestRun({ scope, place, day, isWhole })
        return reply.status(202).send(wire.runOnWire(run))
      },
    )
    app.get(
      '/v1/reconciliation/runs/:id',
      {
        config: { access: 'reconciliation:read' },
        schema: {
          tags,
          summary: 'How far a run is',
          params: wire.runParams,
          response: { 200: wire.runAnswer },
        },
      },
      async ({ params: { id } }) => {
        const run = await runs.find(id)
        if (run === undefined) throw new RunUnknownError(id)
        return wire.runOnWire(run)
      },
    )
  }
}

function differenceRoutes({ differences }: ReconciliationRoutesOptions): Routes {
  return async (app) => {
    app.get(
      '/v1/reconciliation/differences',
      {
        config: { access: 'reconciliation:read' },
        schema: {
          tags,
          summary: 'What does not agree, newest first',
          querystring: wire.differenceQuery,
          response: { 200: wire.differenceList },
        },
      },
      async ({ query: { limit, cursor: before, ...filter } }) => {
        const found = await differences.list(filter, { before, limit: limit + 1 })
        const page = found.slice(0, limit)
        return {
          items: page.map(wire.differenceOnWire),
          nextCursor: found.length > limit ? `${page.at(-1)?.number}` : null,
        }
      },
    )
    app.get(
      '/v1/reconciliation/differences/:id',
      {
        config: { access: 'reconciliation:read' },
        schema: {
          tags,
          summary: 'One difference',
          params: wire.differenceParams,
          response: { 200: wire.differenceAnswer },
        },
      },
      async ({ params: { id } }) => {
        const found = await differences.find(id)
        if (found === undefined) throw new DifferenceUnknownError(id)
        return wire.differenceOnWire(found)
      },
    )
  }
}

function adjustmentRoutes(options: ReconciliationRoutesOptions): Routes {
  const { adjustments, onAdjustment } = options
  return async (app) => {
    app.post(
      '/v1/reconciliation/differences/:id/adjustment',
      {
        config: { access: 'reconciliation:write' },
        schema: {
          tags,
          summary: 'Propose how to settle a difference; it books nothing until it is confirmed',
          params: wire.differenceParams,
          headers: idempotencyHeaders,
          body: wire.adjustmentRequest,
          response: { 200: wire.adjustmentAnswer },
        },
      },
      async (request) => {
        const { id: differenceId } = request.params
        const { entries, ...body } = request.body
        const { holder: by } = callerOf(request)
        const given = entries === undefined ? {} : { entries }
        const proposal = { differenceId, by, ...body, ...given }
        const answer = await adjustments(keyedRequest(request), async ({ proposeAdjustment }) =>
          wire.adjustmentOnWire(await proposeAdjustment(proposal)),
        )
        onAdjustment({ difference: differenceId, by, kind: answer.kind, hash: answer.hash })
        return answer
      },
    )
    app.post(
      '/v1/reconciliation/differences/:id/confirm',
      {
        config: { access: 'reconciliation:write' },
        schema: {
          tags,
          summary: 'Book what the holder of another key has proposed',
          params: wire.differenceParams,
          headers: idempotencyHeaders,
          body: wire.confirmRequest,
          response: { 200: wire.adjustmentAnswer },
        },
      },
      async (request) => {
        const { id: differenceId } = request.params
        const { hash } = request.body
        const { holder: by } = callerOf(request)
        const answer = await adjustments(keyedRequest(request), async ({ confirmAdjustment }) =>
          wire.adjustmentOnWire(await confirmAdjustment({ differenceId, by, hash })),
        )
        onAdjustment({ difference: differenceId, by, kind: answer.kind, hash })
        return answer
      },
    )
  }
}

function statementRoute({ importStatement }: ReconciliationRoutesOptions): Routes {
  return async (app) => {
    app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    app.post(
      '/v1/reconciliation/statements',
      {
        config: { access: 'reconciliation:write' },
        bodyLimit: STATEMENT_MAX_BYTES,
        schema: {
          tags,
          summary: "Import a channel's statement, whole or not at all",
          description:
            'CSV with the columns statementId, line, kind (payment, refund, chargeback or fee), ' +
            'id, reference, asset, amount and movedAt. Repeating an import changes nothing.',
          consumes: ['text/csv'],
          querystring: wire.statementQuery,
          response: { 200: wire.importAnswer },
        },
      },
      async ({ query: { channel }, body }) => {
        if (!CHANNELS.includes(channel)) {
          throw new ReconciliationPlaceError({ scope: 'channel', place: channel, known: CHANNELS })
        }
        return await importStatement(
          readStatementCsv(channel, typeof body === 'string' ? body : ''),
        )
      },
    )
  }
}

export class RunUnknownError extends AppError {
  readonly code = 'RECONCILIATION_RUN_UNKNOWN'

  constructor(id: string) {
    super(`There is no run ${JSON.stringify(id)}.`, { retry: 'never', details: { id } })
  }
}
