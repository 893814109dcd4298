import { describeError } from '@coffer/errors/app-error'
import { crashPoint } from '@coffer/runtime/crash-point'
import { isTracing } from '@coffer/telemetry/tracing'
import { MailRefusedError } from '../domain/mail-refused-error.ts'
import { NO_ADDRESS } from '../domain/notification.ts'
import { EMAIL_WAITS_MS, waitAfter } from '../domain/retry-schedule.ts'
import type { Envelope, Mailer, Outcome, OutgoingLetters, TakenLetter } from '../ports.ts'
import { LetterUnwritableError, type writeLetter } from '../templates/write-letter.ts'
import { traceSent } from '../trace-notifications.ts'

export type SendLetterOptions = {
  letters: OutgoingLetters
  mailer: Pick<Mailer, 'send'>
  write: ReturnType<typeof writeLetter>
  /** What stands behind the @ of a Message-ID. */
  mailDomain: string
  /** Longer than an attempt ever takes, milliseconds. */
  leaseMs?: number
  onSettled?: (outcome: Outcome['as']) => void
}

/**
 * Sends the e-mail `id` if it is due and nobody else is at it. When it is to be tried again it says
 * in how many milliseconds. It is sent once, unless the process dies between the mail server's yes
 * and the commit that writes it down; the second has the same Message-ID then, by which mail
 * programs know it.
 */
export const sendLetter =
  (options: SendLetterOptions) =>
  async (id: string): Promise<number | undefined> => {
    const { letters, leaseMs = 120_000, onSettled } = options
    const taken = await letters.take(id, leaseMs)
    if (taken === undefined) return undefined
    const startMs = Date.now()
    const outcome = await attempt(taken, options)
    if (isTracing()) traceSent('email', taken, { outcome, startMs })
    crashPoint('notifications.after-send')
    if (await letters.settle(taken, outcome)) onSettled?.(outcome.as)
    return outcome.as === 'later' ? outcome.waitMs : undefined
  }

async function attempt(taken: TakenLetter, options: SendLetterOptions): Promise<Outcome> {
  try {
    const envelope = envelopeOf(taken, options)
    // A merchant's own event may be on its way still.
    if (envelope === undefined) return laterOrFailed(taken, NO_ADDRESS)
    await options.mailer.send(envelope)
    return { as: 'sent' }
  } catch (error) {
    const reason = describeError(error).slice(0, REASON_LENGTH_MAX)
    return isFinal(error) ? { as: 'failed', reason } : laterOrFailed(taken, reason)
  }
}

function envelopeOf(
  { id, eventType: type, eventData, reader: to }: TakenLetter,
  { write, mailDomain }: SendLetterOptions,
): Envelope | undefined {
  if (to === undefined) return undefined
  const { locale, name } = to
  const letter = write({ type, data: JSON.parse(eventData), locale, name })
  return { to, messageId: `<${id}@${mailDomain}>`, letter }
}

function laterOrFailed({ attempt: number }: TakenLetter, reason: string): Outcome {
  const waitMs = waitAfter(number, EMAIL_WAITS_MS, Math.random())
  return waitMs === undefined ? { as: 'failed', reason } : { as: 'later', reason, waitMs }
}

const isFinal = (error: unknown): boolean =>
  error instanceof LetterUnwritableError || error instanceof MailRefusedError

/** Of what a server says, and of any other cause. */
const REASON_LENGTH_MAX = 500
