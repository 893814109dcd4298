import { AppError } from '@coffer/errors/app-error'

/** Nothing on this machine can run a part, and none was given. */
export class MissingToolError extends AppError {
  readonly code = 'DEVSTACK_MISSING_TOOL'

  constructor(message: string) {
    super(message, { retry: 'never' })
  }
}
