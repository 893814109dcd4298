import type { Command } from 'commander'
import { type ApiClient, apiClient } from '../api-client.ts'
import { findCoffer, type RunningCoffer } from '../running-coffer.ts'
import { homeOption } from './home-option.ts'

export type ApiOptions = { api?: string; key?: string; home: string; json?: true }

/** Adds to `command` the options that say which Coffer it talks to. */
export const withApi = (command: Command): Command =>
  command
    .option('--api <url>', 'the API, default API_URL or the Coffer that was started here')
    .option('--key <key>', 'its key, default API_KEY or that of the Coffer that was started here')
    .addOption(homeOption('where it was started'))
    .option('--json', 'print the result as one JSON line')

/** The API that `options` and the variables name. */
export const apiOf = async (options: ApiOptions): Promise<ApiClient> =>
  apiClient(await target(options))

/** The Coffer, and its node, that options name, else variables, else that was started here. */
export async function target({
  api,
  key,
  rpc,
  home,
}: ApiOptions & { rpc?: string }): Promise<Pick<RunningCoffer, 'api' | 'apiKey' | 'rpcUrl'>> {
  const { API_URL, API_KEY, RPC_URLS } = process.env
  const given = { api: api ?? API_URL, key: key ?? API_KEY, rpc: rpc ?? RPC_URLS?.split(',')[0] }
  return await findCoffer(given, home)
}
