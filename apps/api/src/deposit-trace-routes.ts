import type { DepositView } from '@coffer/deposits/read-ports'
import { DepositUnknownError, depositIdOnWire } from '@coffer/deposits/wire'
import type { Routes } from '@coffer/http/server'
import { depositPlace } from '@coffer/telemetry/trace-place'
import { z } from 'zod'
import { DEPOSIT_STEPS, type DepositStep } from './deposit-trace.ts'

type Identity = Pick<DepositView, 'chain' | 'txHash' | 'position'>

export type DepositTraceRoutesOptions = {
  traceOf: (deposit: Identity) => Promise<DepositStep[] | undefined>
}

const trace = z.strictObject({
  id: z.string(),
  traceId: z.string().describe('Of its OpenTelemetry trace, where traces are collected'),
  items: z.array(
    z.strictObject({
      step: z.enum(DEPOSIT_STEPS),
      at: z.iso.datetime(),
      afterMs: z.int().describe('Since its block was made'),
      process: z.string().nullable().describe('Which of ours did it'),
      subject: z.string().describe('To what: a block, a transaction, a notification'),
    }),
  ),
})

/** A deposit's way from its block to its credit and to those who are told. */
export const depositTraceRoutes =
  ({ traceOf }: DepositTraceRoutesOptions): Routes =>
  async (app) => {
    app.get(
      '/v1/deposits/:id/trace',
      {
        config: { access: 'deposits:read', names: { id: 'deposit' } },
        schema: {
          tags: ['deposits'],
          summary: 'Each step of a deposit, from its block to its credit and who was told',
          params: z.strictObject({ id: depositIdOnWire }),
          response: { 200: trace },
        },
      },
      async ({ params: { id: identity } }) => {
        const steps = await traceOf(identity)
        if (steps === undefined) throw new DepositUnknownError(identity)
        const { chain, txHash, position } = identity
        const id = `${chain}:${txHash}:${position}`
        const madeMs = steps.find(({ step }) => step === 'block_made')?.at.getTime() ?? 0
        const items = steps.map(({ at, ...step }) => {
          return { ...step, at: at.toISOString(), afterMs: at.getTime() - madeMs }
        })
        return { id, traceId: depositPlace(id).traceId, items }
      },
    )
  }
