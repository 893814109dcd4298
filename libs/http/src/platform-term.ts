import { AppError } from '@coffer/errors/app-error'
import type { FastifyRequest } from 'fastify'
import { tenantOf } from './caller.ts'

type Said<T> = { name: string; said: T | undefined; is: T }

/**
 * What a term that only the platform chooses is from now on: what was said, or as it `is`. A tenant
 * may repeat it; another one of a tenant's throws {@link PlatformTermError}.
 */
export function platformTerm<T extends number>(
  request: Pick<FastifyRequest, 'caller'>,
  { name, said, is }: Said<T>,
): T {
  if (said === undefined || said === is) return is
  if (tenantOf(request) !== undefined) throw new PlatformTermError({ name, said, is })
  return said
}

/** A tenant would choose what it pays the platform, or what the platform keeps for its safety. */
export class PlatformTermError extends AppError {
  readonly code = 'PLATFORM_TERM'

  constructor({ name, said, is }: Said<number>) {
    super(
      `${name} is for the platform to choose, and is ${is}, not ${said}. Leave it out, or ask ` +
        'the platform to change it.',
      { retry: 'never', details: { name, said, is } },
    )
  }
}
