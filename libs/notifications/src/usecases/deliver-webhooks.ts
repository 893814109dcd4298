import { describeError } from '@coffer/errors/app-error'
import { crashPoint } from '@coffer/runtime/crash-point'
import { isTracing } from '@coffer/telemetry/tracing'
import { Webhook } from 'standardwebhooks'
import { restAfter, WEBHOOK_WAITS_MS, waitAfter } from '../domain/retry-schedule.ts'
import { webhookBody, webhookId } from '../domain/webhook-request.ts'
import type {
  DisabledReason,
  Lane,
  LaneHealth,
  Outcome,
  PostWebhook,
  Taken,
  WebhookLanes,
} from '../ports.ts'
import { traceSent } from '../trace-notifications.ts'

export type DeliverWebhooksOptions = {
  lanes: WebhookLanes
  post: PostWebhook
  /** An endpoint at which nothing has succeeded for so long is disabled, milliseconds. */
  disableAfterMs: number
  /** Longer than an attempt ever takes, milliseconds. */
  leaseMs?: number
  onSettled?: (outcome: Outcome['as']) => void
  onDisabled?: (facts: { endpoint: string; reason: DisabledReason }) => void
}

/** Then the lane is given back, so that others have their turn. */
const CALLS_AT_A_TIME = 100

/**
 * Sends what is due to one endpoint, the oldest first and one at a time, until nothing is due or an
 * attempt fails; then the endpoint rests for a while. Answers in how many milliseconds to come
 * again.
 */
export const deliverWebhooks =
  (options: DeliverWebhooksOptions) =>
  async (endpointId: string): Promise<number | undefined> => {
    const { lanes, leaseMs = 60_000, onSettled, onDisabled } = options
    const lane = await lanes.open(endpointId, leaseMs)
    if (lane === undefined) return undefined
    for (let calls = 0; calls < CALLS_AT_A_TIME; calls += 1) {
      const taken = await lanes.next(lane, leaseMs)
      if (taken === undefined) break
      const startMs = Date.now()
      const result = await attempt(lane, taken, options)
      if (isTracing()) traceSent('webhook', taken, { ...result, startMs })
      crashPoint('notifications.after-call')
      const disabled = await lanes.settle(lane, taken, result)
      onSettled?.(result.outcome.as)
      if (disabled) onDisabled?.({ endpoint: endpointId, reason: disabled })
      if (result.health.as !== 'well') break
    }
    return await lanes.close(lane)
  }

type Result = { outcome: Outcome; health: LaneHealth }

async function attempt(
  lane: Lane,
  taken: Taken,
  { post, disableAfterMs }: DeliverWebhooksOptions,
): Promise<Result> {
  const failed = (reason: string): Result => {
    const waitMs = waitAfter(taken.attempt, WEBHOOK_WAITS_MS, Math.random())
    const outcome: Outcome =
      waitMs === undefined ? { as: 'failed', reason } : { as: 'later', reason, waitMs }
    const restMs = restAfter(lane.failures + 1)
    return { outcome, health: { as: 'failing', restMs, disableAfterMs } }
  }
  try {
    const status = await post({ url: lane.url, ...signed(lane, taken, new Date()) })
    // A redirect is no success: nobody knows where it leads.
    if (status >= 200 && status < 300) return { outcome: { as: 'sent' }, health: { as: 'well' } }
    if (status !== GONE) return failed(`status ${status}`)
    return { outcome: { as: 'failed', reason: `status ${status}` }, health: { as: 'gone' } }
  } catch (error) {
    return failed(describeError(error).slice(0, REASON_LENGTH_MAX))
  }
}

const GONE = 410

const REASON_LENGTH_MAX = 500

function signed({ secrets }: Pick<Lane, 'secrets'>, taken: Taken, at: Date) {
  const { eventId, eventType: type, eventTime: time, eventData: data } = taken
  const body = webhookBody({ type, time, data })
  const id = webhookId(eventId)
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body))
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Coffer-Webhooks/1.0',
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(at.getTime() / 1_000)}`,
    'webhook-signature': signatures.join(' '),
  }
  return { headers, body }
}
