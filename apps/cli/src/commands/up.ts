import { Command, InvalidArgumentError } from 'commander'
import { printJson, progress } from '../progress.ts'
import { rememberCoffer } from '../running-coffer.ts'
import { APPS, type AppName, type Coffer, startCoffer } from '../start-coffer.ts'
import { untilStopped } from '../until-stopped.ts'
import { upInBackground } from '../up-in-background.ts'
import { homeOption } from './home-option.ts'

/** `coffer up`: everything, until Ctrl-C. */
export const up = new Command('up')
  .description(
    'Start every process against DATABASE_URL, KAFKA_BROKERS, REDIS_URL and RPC_URLS, and start ' +
      'those of them that are not given.',
  )
  .addOption(homeOption('where data, logs and downloads go'))
  .option('--block-time <seconds>', 'mine a block so often, when the chain is started here')
  .option('--apps <names>', 'start these alone, for example scanner,accounts,api', appNames, APPS)
  .option('--detach', 'start it in the background, unless it runs, and return when it is up')
  .option('--json', 'print the URLs and the API key as one JSON line')
  .action(async ({ home, blockTime, apps, detach, json }: UpOptions) => {
    if (detach) return await upInBackground(home)
    const stopped = untilStopped()
    const { line, lineOrBar } = progress()
    await using coffer = await startCoffer({
      apps,
      home,
      env: process.env,
      restart: true,
      console: apps.includes('api'),
      onProgress: lineOrBar,
      ...(blockTime ? { anvilArguments: ['--block-time', blockTime, '--mixed-mining'] } : {}),
    })
    await using _remembered = await rememberCoffer(home, coffer)
    if (json) printJson(facts(coffer))
    else printFacts(coffer)
    await stopped
    line('stopping')
  })

type UpOptions = { home: string; blockTime?: string; apps: readonly AppName[] } & {
  detach?: true
  json?: true
}

/** Reads names of apps, separated by commas. */
function appNames(text: string): readonly AppName[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !APPS.some((app) => app === name))
  if (unknown.length > 0) {
    const expected = `Expected names of ${APPS.join(', ')}, separated by commas`
    throw new InvalidArgumentError(`${expected}; there is no ${unknown.join(', ')}.`)
  }
  return APPS.filter((app) => names.includes(app))
}

const facts = ({ apiUrl, apiKey, urls, chain, apps }: Coffer) => ({
  api: apiUrl,
  console: `${apiUrl}/console/`,
  docs: `${apiUrl}/docs`,
  openapi: `${apiUrl}/openapi.json`,
  apiKey,
  databaseUrl: urls.DATABASE_URL,
  kafkaBrokers: urls.KAFKA_BROKERS,
  redisUrl: urls.REDIS_URL,
  rpcUrl: urls.RPC_URLS || null,
  assets: (chain?.assets ?? []).map(({ id, symbol, decimals, contract }) => {
    return { asset: id, symbol, decimals, contract }
  }),
  processes: [...apps.values()].map(({ name, pid }) => ({ name, pid: pid() })),
})

function printFacts(coffer: Coffer): void {
  const {
    api,
    console: pages,
    docs,
    apiKey,
    databaseUrl,
    kafkaBrokers,
    redisUrl,
    rpcUrl,
    assets,
  } = facts(coffer)
  console.log(`
database   ${databaseUrl}
kafka      ${kafkaBrokers || '(not used)'}
redis      ${redisUrl}
chain      ${rpcUrl ?? 'by coffer.config.ts'}`)
  for (const { symbol, asset } of assets) console.log(`  ${symbol.padEnd(8)} ${asset}`)
  console.log(`
api        ${api}
console    ${pages}
api docs   ${docs}
api key    ${apiKey}`)
}
