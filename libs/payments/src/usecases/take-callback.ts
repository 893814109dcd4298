import { AppError } from '@coffer/errors/app-error'
import type { ChannelCallback, ReadCallback, UnknownCallbacks } from '../channel-ports.ts'
import type { applyChargeReport } from './apply-charge-report.ts'
import type { concludeRefund } from './conclude-refund.ts'
import { applyRefundReport } from './pay-refund.ts'

export type TakeCallbackOptions = {
  read: ReadCallback
  applyChargeReport: ReturnType<typeof applyChargeReport>
  concludeRefund: ReturnType<typeof concludeRefund>
  unknown: UnknownCallbacks
}

/**
 * Takes what a channel tells by itself; told once more it changes nothing, and is taken as well.
 * Throws {@link CallbackForgedError}, {@link CallbackMalformedError} and
 * {@link CallbackUnknownError}, whose callback is kept.
 */
export const takeCallback =
  ({ read, applyChargeReport, concludeRefund, unknown }: TakeCallbackOptions) =>
  async (headers: Readonly<Record<string, string>>, body: string): Promise<'applied' | 'known'> => {
    const callback = read(headers, body)
    if (callback === 'forged') throw new CallbackForgedError()
    if (callback === 'malformed') throw new CallbackMalformedError()
    const apply = (told: ChannelCallback) =>
      told.about === 'charge'
        ? applyChargeReport(told.report)
        : applyRefundReport(concludeRefund, told.report)
    const outcome = await apply(callback)
    if (outcome !== 'unknown') return outcome
    await unknown.keep({ id: callback.id, channel: 'sandbox', body })
    throw new CallbackUnknownError(callback.report.reference)
  }

export class CallbackForgedError extends AppError {
  readonly code = 'CALLBACK_FORGED'

  constructor() {
    super(
      'The signature is missing or wrong, or it was sent more than 5 minutes ago. Expected the ' +
        'headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks.',
      { retry: 'never' },
    )
  }
}

export class CallbackMalformedError extends AppError {
  readonly code = 'CALLBACK_MALFORMED'

  constructor() {
    super('The callback is signed, and tells of nothing that is known here.', { retry: 'never' })
  }
}

export class CallbackUnknownError extends AppError {
  readonly code = 'CALLBACK_UNKNOWN'

  constructor(reference: string) {
    super(`Nothing was asked for under the reference ${JSON.stringify(reference)}.`, {
      retry: 'never',
      details: { reference },
    })
  }
}
