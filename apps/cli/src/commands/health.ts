import { messagingSettings } from '@coffer/messaging/messaging-settings'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import { endWith } from '../end-with.ts'
import { type Check, checkApp, checkBroker, checkDatabase, labelOf } from '../health-checks.ts'
import { printJson } from '../progress.ts'
import { partsOf, rememberedCoffer } from '../running-coffer.ts'
import { homeOption } from './home-option.ts'
import { type NamedApps, namedApp } from './named-app.ts'
import { wholeNumber } from './whole-number.ts'

const settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ...messagingSettings,
})

type HealthOptions = { home: string; app: NamedApps; lagMax: number; json?: true }

/** `coffer health`: whether all is well. It changes nothing. */
export const health = new Command('health')
  .description(
    'Tell whether database, broker and every process are well: those of the Coffer that was ' +
      'started here, or what DATABASE_URL, KAFKA_BROKERS, REDIS_URL and --app name. Fails if ' +
      'one is not. It changes nothing.',
  )
  .addOption(homeOption('where it was started'))
  .option(
    '--app <name=url>',
    'a process and where its health is served; may be repeated',
    namedApp,
    {},
  )
  .option(
    '--lag-max <messages>',
    'a consumer that is further behind is unwell',
    wholeNumber,
    10_000,
  )
  .option('--json', 'print every check as one JSON line')
  .action(async ({ home, app: named, lagMax, json }: HealthOptions) => {
    const config = readConfig(settings, await partsOf(process.env, home))
    const { healthUrls = {} } = await rememberedCoffer(home)
    const apps = Object.keys(named).length > 0 ? named : healthUrls
    const checks = await Promise.all([
      checkDatabase(config.DATABASE_URL),
      checkBroker(config),
      ...Object.entries(apps).map(([name, url]) => checkApp(name, url, { lagMax })),
    ])
    if (Object.keys(apps).length === 0) checks.push(NO_APPS)
    if (checks.some(({ isWell }) => !isWell)) endWith('unwell')
    if (json) return printJson(checks)
    for (const each of checks) {
      console.log(`${labelOf(each)}  ${each.name.padEnd(16)} ${each.says}`)
    }
  })

const NO_APPS: Check = {
  name: 'processes',
  isWell: false,
  says: 'none is known here: start them with `coffer up`, or name them by --app name=url',
}
