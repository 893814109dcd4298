import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { backoffMs } from '@coffer/runtime/backoff'
import { crashPoint } from '@coffer/runtime/crash-point'
import { inGroups } from '@coffer/runtime/in-groups'
import type { StepResult } from '@coffer/runtime/poll'
import type { Logger } from '@coffer/telemetry/logger'
import { Webhook } from 'standardwebhooks'
import { claimCallbacks, type DueCallback, putOff } from './adapters/postgres-callbacks.ts'

export type DeliverCallbacksOptions = {
  postgres: Postgres
  /** `whsec_` and base64: what receivers check signatures with. */
  secret: string
  now: () => Date
  /** The first pause before a callback is tried again, milliseconds. */
  retryMs: number
  logger: Logger
}

/** A receiver that takes longer has not taken it, milliseconds. */
const ANSWER_MS = 5_000

/** Most callbacks that are sent at once. */
const AT_ONCE = 100

const ATTEMPTS_MAX = 12
const RETRY_MAX_MS = 60_000

/**
 * Sends callbacks that are due, signed by Standard Webhooks, until their receivers have taken them.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function deliverCallbacks(options: DeliverCallbacksOptions): () => Promise<StepResult> {
  const { postgres, secret, now, retryMs, logger } = options
  const webhook = new Webhook(secret)
  const settle = inGroups({
    handle: async (tried: readonly { number: number; dueAt: Date | null }[]) => {
      await putOff(postgres, tried)
      return tried
    },
    sizeMax: AT_ONCE,
    isOutage: isTransientPostgresError,
  })
  const deliver = async (callback: DueCallback) => {
    const problem = await send(webhook, callback, now())
    crashPoint('sandbox.after-callback')
    const { number, id, attempts } = callback
    const isOver = problem === undefined || attempts >= ATTEMPTS_MAX
    const pauseMs = backoffMs(attempts, { firstMs: retryMs, maxMs: RETRY_MAX_MS })
    await settle({ number, dueAt: isOver ? null : new Date(now().getTime() + pauseMs) })
    if (problem !== undefined) logger.info({ id, attempts, problem }, 'a callback was not taken')
  }
  return async () => {
    const lease = { now: now(), leaseMs: 2 * ANSWER_MS, limit: AT_ONCE }
    const due = await claimCallbacks(postgres, lease)
    await Promise.all(due.map(deliver))
    return due.length > 0 ? 'busy' : 'idle'
  }
}

/** What kept a callback from being taken; nothing if it was. */
async function send(
  webhook: Webhook,
  { id, url, body }: DueCallback,
  now: Date,
): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': `${Math.floor(now.getTime() / 1_000)}`,
        'webhook-signature': webhook.sign(id, now, body),
      },
      body,
    })
    await response.body?.cancel()
    return response.ok ? undefined : `its receiver answered ${response.status}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
