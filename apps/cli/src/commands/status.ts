import { stdin, stdout } from 'node:process'
import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { findCoffer, rememberedCoffer } from '../running-coffer.ts'
import { liveScreen } from '../status/live-screen.ts'
import { readAlarmRules } from '../status/read-alarm-rules.ts'
import { readStatus, type Status } from '../status/read-status.ts'
import { statusLines } from '../status/status-lines.ts'
import { untilStopped } from '../until-stopped.ts'
import { type ApiOptions, withApi } from './api-options.ts'
import { namedApp } from './named-app.ts'
import { wholeNumber } from './whole-number.ts'

type StatusOptions = ApiOptions & {
  app: Readonly<Record<string, string>>
  deposits: number
  every: number
  once?: true
}

/** `coffer status`: how everything is, at one moment or all the time. */
export const status = withApi(
  new Command('status')
    .description(
      'Show how everything is: processes, chains, what waits, the newest deposits, and the ' +
        'alarms whose conditions hold. On a terminal it is shown anew until q is pressed.',
    )
    .option(
      '--app <name=url>',
      'a process and where its health is served; may be repeated',
      namedApp,
      {},
    )
    .option('--deposits <count>', 'so many of the newest', wholeNumber, 10)
    .option('--every <ms>', 'how often it is shown anew', wholeNumber, 1_000)
    .option('--once', 'show it once, also on a terminal'),
).action(async (options: StatusOptions) => {
  const read = await reader(options)
  if (options.json) return printJson(await read())
  if (options.once || !stdout.isTTY || !stdin.isTTY) {
    const shown = { columns: stdout.columns ?? Number.POSITIVE_INFINITY }
    const lines = statusLines(await read(), { ...shown, isColoured: stdout.isTTY })
    return console.log(lines.join('\n'))
  }
  await showLive(read, Math.max(200, options.every))
})

async function reader(options: StatusOptions): Promise<() => Promise<Status>> {
  const { API_URL, API_KEY } = process.env
  const named = { api: options.api ?? API_URL, key: options.key ?? API_KEY }
  const access = await findCoffer(named, options.home)
  const { healthUrls = {} } = await rememberedCoffer(options.home)
  const isNamed = Object.keys(options.app).length > 0
  const rules = await readAlarmRules()
  const { deposits } = options
  return () =>
    readStatus({ access, healthUrls: isNamed ? options.app : healthUrls, rules, deposits })
}

/** Never two looks at once, however long one takes. */
async function showLive(read: () => Promise<Status>, everyMs: number): Promise<void> {
  let shown = await read()
  const stopping = new AbortController()
  void untilStopped().then(() => stopping.abort())
  const lines = (columns: number) => statusLines(shown, { columns, isColoured: true })
  using screen = liveScreen({ input: stdin, output: stdout, lines, signal: stopping.signal })
  let hasEnded = false
  const ended = screen.quit.then(() => {
    hasEnded = true
  })
  while (!hasEnded) {
    screen.draw()
    const { promise: paused, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, everyMs)
    await Promise.race([paused, ended])
    clearTimeout(timer)
    if (hasEnded) break
    const next = await Promise.race([read(), ended])
    if (next) shown = next
  }
}
