import { AppError } from '@coffer/errors/app-error'
import type { Branded } from '@coffer/money/brand'

/** A caller's own name for an owner: 1 to 200 characters, none of them a control character. */
export type ExternalId = Branded<string, 'ExternalId'>

/** Reads an external id as it is, without trimming. Throws {@link ExternalIdError}. */
export function parseExternalId(text: string): ExternalId {
  const isSound = text.isWellFormed() && !/[\p{Cc}\ufffd]/u.test(text) && text.trim() === text
  if (!isSound || text.length < 1 || text.length > 200) throw new ExternalIdError(text)
  return text as ExternalId
}

export class ExternalIdError extends AppError {
  readonly code = 'EXTERNAL_ID'

  constructor(received: string) {
    super(
      `Invalid external id ${JSON.stringify(received.slice(0, 100))}. Expected 1 to 200 ` +
        'characters of valid Unicode, without control characters, and no space at either end.',
      { retry: 'never', details: { received } },
    )
  }
}
