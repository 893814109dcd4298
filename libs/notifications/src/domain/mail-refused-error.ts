import { AppError } from '@coffer/errors/app-error'

/** A mail server wants no such e-mail: not from us, not for this address, or not with this text. */
export class MailRefusedError extends AppError {
  readonly code = 'MAIL_REFUSED'

  constructor(said: string, cause: unknown) {
    super(`The mail server refused the e-mail for good: ${said}`, {
      retry: 'never',
      cause,
    })
  }
}
