import { Command } from 'commander'
import { type DemoOptions, runDemo } from '../demo/run-demo.ts'
import { runShops } from '../demo/run-shops.ts'
import { shopsTable } from '../demo/shops-verdict.ts'
import { verdictTable } from '../demo/verdict.ts'
import { endWith } from '../end-with.ts'
import { type Progress, printJson, progress } from '../progress.ts'
import { rememberCoffer } from '../running-coffer.ts'
import { type Coffer, startCoffer } from '../start-coffer.ts'
import { untilStopped } from '../until-stopped.ts'
import { homeOption } from './home-option.ts'
import { wholeNumber } from './whole-number.ts'

type DemoCommand = {
  users: number
  count: number
  seed: number
  home: string
  keep?: true
  json?: true
}

/**
 * `coffer demo`: everything on one machine, a crash, a rescan, a replay, and the verdict; then
 * three merchants, from order to withdrawal, and a verdict of theirs.
 */
export const demo = new Command('demo')
  .description(
    'Watch deposits become balances through a crash, a rescan and a replay, and orders become ' +
      'money that merchants withdraw.',
  )
  .option('--users <count>', 'users to make', wholeNumber, 50)
  .option('--count <count>', 'deposits to pay before block 100', wholeNumber, 500)
  .option('--seed <number>', 'chooses amounts and receivers', wholeNumber, 7)
  .addOption(homeOption('where data, logs and downloads go'))
  .option('--keep', 'leave everything running at the end, until Ctrl-C')
  .option('--json', 'end with one JSON line')
  .action(async (options: DemoCommand) => {
    const { users, count, seed, home, keep, json } = options
    const tell = progress()
    const stopped = untilStopped()
    tell.title('Starting PostgreSQL, Kafka, Redis, Anvil and every process of Coffer')
    await using coffer = await startCoffer({
      home,
      env: demoEnv(process.env),
      console: true,
      onProgress: tell.lineOrBar,
    })
    const work = runActs(coffer, { users, count, seed }, tell)
    const verdict = await Promise.race([work, stopped])
    if (typeof verdict === 'string') {
      // Ctrl-C: what the demo was waiting for is about to go away, and its complaint with it.
      work.catch(() => undefined)
      endWith('interrupted')
      return
    }
    if (!verdict.agree) endWith('unwell')
    if (json) printJson(verdict)
    if (!keep) return
    await using _remembered = await rememberCoffer(home, coffer)
    const { apiUrl, apiKey } = coffer
    console.error(`console ${apiUrl}/console/\napi docs ${apiUrl}/docs\napi key ${apiKey}`)
    await stopped
  })

async function runActs(coffer: Coffer, options: DemoOptions, tell: Progress) {
  const deposits = await runDemo(coffer, options, tell)
  console.error(`\n${verdictTable(deposits, coffer.chain?.assets ?? [])}\n`)
  const { agree, ...payments } = await runShops(coffer, tell)
  console.error(`\n${shopsTable({ agree, ...payments })}\n`)
  return { ...deposits, agree: deposits.agree && agree, payments }
}

/** The demo judges a whole chain, so the chain, the database and the broker must be its own. */
function demoEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL, KAFKA_BROKERS, REDIS_URL, RPC_URLS, COFFER_CONFIG, ...rest } = env
  return rest
}
