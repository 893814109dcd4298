import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@coffer/errors/app-error'

/** Where a running Coffer answers, and the key it answers to. */
export type ApiAccess = { api: string; apiKey: string }

/** A Coffer that was started here, and the node of the chain that it follows. */
export type RunningCoffer = ApiAccess & { rpcUrl: string }

const fileOf = (home: string) => join(home, 'running.json')

/**
 * Remembers a Coffer that was started here, so that other commands find it. Readable by its user.
 */
export async function rememberCoffer(
  home: string,
  running: RunningCoffer,
): Promise<AsyncDisposable> {
  await mkdir(home, { recursive: true })
  await writeFile(fileOf(home), JSON.stringify(running), { mode: 0o600 })
  return { [Symbol.asyncDispose]: () => rm(fileOf(home), { force: true }) }
}

/** The Coffer that a command talks to: the one it names, else the one that was started here. */
export async function findCoffer(
  given: { api?: string | undefined; key?: string | undefined; rpc?: string | undefined },
  home: string,
): Promise<RunningCoffer> {
  const found = await readFile(fileOf(home), 'utf8').catch(() => '{}')
  const running = JSON.parse(found) as Partial<RunningCoffer>
  const [api, apiKey] = [given.api ?? running.api, given.key ?? running.apiKey]
  if (!api || !apiKey) throw new NoCofferError()
  return { api, apiKey, rpcUrl: given.rpc ?? running.rpcUrl ?? '' }
}

/** There is nothing to talk to. */
export class NoCofferError extends AppError {
  readonly code = 'CLI_NO_COFFER'

  constructor() {
    super(
      'No running Coffer is known here. Start one with `npm run coffer -- up`, or name one by ' +
        '--api URL and --key KEY (or the variables API_URL and API_KEY).',
      { retry: 'never' },
    )
  }
}
