import { AppError } from '@coffer/errors/app-error'

/** The broker did not show what it holds. */
export class LogReadError extends AppError {
  readonly code = 'MESSAGE_LOG'

  constructor(topic: string, cause: unknown) {
    super(`The broker did not show what is in ${topic}`, {
      retry: 'retry',
      details: { topic },
      cause,
    })
  }
}
