import { AppError } from '@coffer/errors/app-error'
import type { z } from 'zod'

/** Reads settings by `schema`, or throws {@link ConfigError} that names every wrong one. */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  settings: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  // An empty variable is how shells and compose files say "not given".
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw new ConfigError(
    result.error.issues.map(({ path, message }) => {
      return path.length > 0 ? `${path.join('.')}: ${message}` : message
    }),
  )
}

export class ConfigError extends AppError {
  readonly code = 'CONFIG'

  constructor(problems: readonly string[]) {
    super(`Invalid configuration.\n${problems.map((problem) => `  ${problem}`).join('\n')}`, {
      retry: 'never',
      details: { problems },
    })
  }
}
