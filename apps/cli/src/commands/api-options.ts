import type { Command } from 'commander'
import { type ApiClient, apiClient } from '../api-client.ts'
import { findCoffer } from '../running-coffer.ts'
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
export async function apiOf({ api, key, home }: ApiOptions): Promise<ApiClient> {
  const { API_URL, API_KEY } = process.env
  return apiClient(await findCoffer({ api: api ?? API_URL, key: key ?? API_KEY }, home))
}
