import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { findCoffer, rememberedCoffer } from '../running-coffer.ts'
import { homeOption } from './home-option.ts'

/** `coffer env`: what a shell needs to talk to the Coffer that was started here. */
export const env = new Command('env')
  .description(
    'Print the variables API_URL, API_KEY and RPC_URLS of the Coffer that was started here, for ' +
      'a shell to take over: eval "$(npm run --silent coffer -- env)".',
  )
  .addOption(homeOption('where it was started'))
  .option('--parts', 'those of its database and brokers instead, such as DATABASE_URL')
  .option('--json', 'print them as one JSON line')
  .action(async ({ home, parts, json }: EnvOptions) => {
    const { api, apiKey, rpcUrl } = await findCoffer({}, home)
    const access = { API_URL: api, API_KEY: apiKey, RPC_URLS: rpcUrl }
    const variables = parts ? ((await rememberedCoffer(home)).env ?? {}) : access
    if (json) return printJson(variables)
    for (const [name, value] of Object.entries(variables)) {
      console.log(`export ${name}=${quoted(value)}`)
    }
  })

type EnvOptions = { home: string; parts?: true; json?: true }

/** As a word of a POSIX shell, whatever is in it. */
const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`
