import { AppError } from '@coffer/errors/app-error'
import { assetOnWire, unitsOnWire } from '@coffer/events/wire'
import { z } from 'zod'
import type { CardChannel, ChannelAnswer, StatementLine } from '../channel-ports.ts'
import { chargeOnWire, refundOnWire } from './sandbox-wire.ts'

export type SandboxChannelOptions = {
  /** Of the sandbox, without a path. */
  url: string
  /** What it asks of whoever charges. */
  key: string
  /** Where it tells of what it did. */
  callbackUrl: string
  /** An answer that takes longer is not waited for, milliseconds. */
  timeoutMs?: number
}

/** What says nothing of the request itself: it may pass. The rest of 4xx is definite. */
const INDEFINITE = new Set([401, 403, 408, 425, 429])

const problem = z.object({ code: z.string() })

const lineOnWire = z.object({
  statementId: z.string().min(1),
  line: z.int().min(1),
  kind: z.enum(['payment', 'refund', 'chargeback', 'fee']),
  id: z.string().min(1),
  reference: z.string().min(1),
  asset: assetOnWire,
  amount: unitsOnWire,
  movedAt: z.iso.datetime().transform((text) => new Date(text)),
})

/** The sandbox as a {@link CardChannel}. */
export function sandboxChannel(options: SandboxChannelOptions): CardChannel {
  const { callbackUrl } = options
  return {
    charge: ({ amount, ...order }) =>
      ask(options, chargeOnWire, '/charges', { ...order, amount: `${amount}`, callbackUrl }),
    readCharge: (reference) =>
      look(options, chargeOnWire, `/charges/${encodeURIComponent(reference)}`),
    refund: ({ amount, ...order }) =>
      ask(options, refundOnWire, '/refunds', { ...order, amount: `${amount}`, callbackUrl }),
    readRefund: (reference) =>
      look(options, refundOnWire, `/refunds/${encodeURIComponent(reference)}`),
    statement: (day) => readStatement(options, day),
  }
}

async function ask<Report>(
  options: SandboxChannelOptions,
  schema: z.ZodType<Report>,
  path: string,
  body?: object,
): Promise<ChannelAnswer<Report>> {
  try {
    const { status, text } = await request(options, path, body)
    if (status >= 200 && status < 300) {
      return { outcome: 'known', report: schema.parse(JSON.parse(text)) }
    }
    const isDefinite = status >= 400 && status < 500 && !INDEFINITE.has(status)
    if (!isDefinite) return { outcome: 'unknown', problem: `it answered ${status}` }
    const told = problem.safeParse(JSON.parse(text))
    return { outcome: 'refused', reason: told.success ? told.data.code.toLowerCase() : `${status}` }
  } catch (error) {
    // No answer, half of one, or one that nobody can read: what was done is not known.
    return { outcome: 'unknown', problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Only a channel that says so itself never had it: any other 404 is somebody else's. */
async function look<Report>(
  options: SandboxChannelOptions,
  schema: z.ZodType<Report>,
  path: string,
): Promise<ChannelAnswer<Report> | { outcome: 'absent' }> {
  const answer = await ask(options, schema, path)
  if (answer.outcome !== 'refused') return answer
  if (answer.reason === 'sandbox_unknown') return { outcome: 'absent' }
  return { outcome: 'unknown', problem: `it refused to say: ${answer.reason}` }
}

async function readStatement(
  options: SandboxChannelOptions,
  day: string,
): Promise<StatementLine[]> {
  try {
    const { status, text } = await request(options, `/statements/${day}?format=jsonl`)
    if (status !== 200) throw new Error(`It answered ${status}.`)
    const lines = text.split('\n').filter((line) => line !== '')
    return lines.map((line) => lineOnWire.parse(JSON.parse(line)))
  } catch (error) {
    throw new ChannelError('sandbox', day, error)
  }
}

async function request(
  { url, key, timeoutMs = 5_000 }: SandboxChannelOptions,
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  const response = await fetch(new URL(path, url), {
    method: body === undefined ? 'GET' : 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

/** A channel did not give its statement. */
class ChannelError extends AppError {
  readonly code = 'CHANNEL'

  constructor(channel: string, day: string, cause: unknown) {
    super(
      `The channel ${channel} did not give its statement of ${day}. It is asked again; see that ` +
        'SANDBOX_URL and SANDBOX_KEY are right.',
      { retry: 'retry', details: { channel, day }, cause },
    )
  }
}
