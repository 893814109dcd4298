import { Command } from 'commander'
import { runDemo } from '../demo/run-demo.ts'
import { verdictTable } from '../demo/verdict.ts'
import { printJson, progress } from '../progress.ts'
import { rememberCoffer } from '../running-coffer.ts'
import { startCoffer } from '../start-coffer.ts'
import { untilStopped } from '../until-stopped.ts'
import { wholeNumber } from './whole-number.ts'

type DemoCommand = {
  users: number
  count: number
  seed: number
  home: string
  keep?: true
  json?: true
}

/** `coffer demo`: everything on one machine, a crash, a rescan, a replay, and the verdict. */
export const demo = new Command('demo')
  .description('Watch deposits become balances through a crash, a rescan and a replay.')
  .option('--users <count>', 'users to make', wholeNumber, 50)
  .option('--count <count>', 'deposits to pay before block 100', wholeNumber, 500)
  .option('--seed <number>', 'chooses amounts and receivers', wholeNumber, 7)
  .option('--home <folder>', 'where data, logs and downloads go', '.coffer')
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
      onProgress: tell.line,
    })
    const work = runDemo(coffer, { users, count, seed }, tell)
    const verdict = await Promise.race([work, stopped])
    if (typeof verdict === 'string') {
      // Ctrl-C: what the demo was waiting for is about to go away, and its complaint with it.
      work.catch(() => undefined)
      process.exitCode = 130
      return
    }
    if (!verdict.agree) process.exitCode = 1
    console.error(`\n${verdictTable(verdict, coffer.chain?.assets ?? [])}\n`)
    if (json) printJson(verdict)
    if (!keep) return
    await using _remembered = await rememberCoffer(home, coffer)
    console.error(`api ${coffer.apiUrl}\napi docs ${coffer.apiUrl}/docs\napi key ${coffer.apiKey}`)
    await stopped
  })

/** The demo judges a whole chain, so the chain, the database and the broker must be its own. */
function demoEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL, KAFKA_BROKERS, REDIS_URL, RPC_URLS, COFFER_CONFIG, ...rest } = env
  return rest
}
