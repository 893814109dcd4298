import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chainConfigs } from '@coffer/evm/chain-config'
import { checkLedger } from '@coffer/ledger/check-ledger'
import { checkSeals } from '@coffer/ledger/check-seals'
import { messagingSettings } from '@coffer/messaging/messaging-settings'
import { openPostgres } from '@coffer/postgres/open-postgres'
import { readConfig } from '@coffer/runtime/read-config'
import { Command } from 'commander'
import { z } from 'zod'
import {
  type Finding,
  findBroker,
  findClocks,
  findDatabase,
  findDisk,
  findEndpoint,
  findLedger,
  findRedis,
  findRoles,
} from '../doctor-checks.ts'
import { endWith } from '../end-with.ts'
import { checkApp, labelOf } from '../health-checks.ts'
import { LOCAL_CHAIN_ID } from '../local-chain.ts'
import { printJson, progress } from '../progress.ts'
import { partsOf, type RunningCoffer, rememberedCoffer } from '../running-coffer.ts'
import { exportedSeals, readSealFile } from '../seal-files.ts'
import { homeOption } from './home-option.ts'
import { type NamedApps, namedApp } from './named-app.ts'

const database = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) })
const parts = database.partial().extend({ ...messagingSettings })

type DoctorOptions = { home: string; app: NamedApps; ledger?: true; seals?: string; json?: boolean }

/** `coffer doctor`: whether every part is well, and what to do where it is not. */
export const doctor = new Command('doctor')
  .description(
    'Look at every part and say what to do: database, broker and topics, Redis, nodes, ' +
      'processes, books, disk and clocks; of the Coffer that was started here, or of what the ' +
      'variables name. It changes nothing, and ends with 6 if something is not well.',
  )
  .option('--ledger', 'the books alone: they balance, nobody has less than nothing, seals hold')
  .option('--seals <file>', 'the books alone, and that the seals are those exported to this file')
  .addOption(homeOption('where a Coffer was started'))
  .option(
    '--app <name=url>',
    'a process and where its health is served; may be repeated',
    namedApp,
    {},
  )
  .option('--json', 'print what was found as one JSON line')
  .action(async (options: DoctorOptions) => {
    if (options.ledger || options.seals !== undefined) return await examineBooks(options)
    const findings = await examine(options)
    if (findings.some(({ isWell }) => !isWell)) endWith('unwell')
    if (options.json) return printJson(findings)
    for (const finding of findings) {
      const { name, says, advice } = finding
      console.log(`${labelOf(finding)}  ${name.padEnd(24)} ${says}`)
      if (advice !== undefined) console.log(`${''.padEnd(33)}→ ${advice}`)
    }
  })

async function examine({ home, app, json }: DoctorOptions): Promise<Finding[]> {
  const env = await partsOf(process.env, home)
  const config = readConfig(parts, env)
  const { healthUrls = {}, rpcUrl } = await rememberedCoffer(home)
  const apps = Object.entries(Object.keys(app).length > 0 ? app : healthUrls)
  const { DATABASE_URL: url, REDIS_URL: redis } = config
  const looks = [
    ...(url
      ? [() => findDatabase(url), () => findRoles(url), () => findClocks(url)]
      : [() => notSet('database', 'DATABASE_URL')]),
    config.KAFKA_BROKERS || redis
      ? () => findBroker(config)
      : () => notSet('broker', 'KAFKA_BROKERS'),
    redis ? () => findRedis(redis) : () => notSet('redis', 'REDIS_URL'),
    ...(await nodes(env, rpcUrl)).map((node) => () => findEndpoint(node.chain, node.url)),
    ...apps.map(
      ([name, at]) =>
        () =>
          findApp({ name, url: at, home }),
    ),
    ...(apps.length === 0 ? [noApps] : []),
    ...(url ? [() => findLedger(url)] : []),
    () => findDisk(home),
  ]
  const { bar } = progress()
  const findings: Finding[] = []
  // One after the other: what waits for our own work must not be taken for somebody else's fault.
  for (const look of looks) {
    findings.push(await look())
    if (!json) bar('looked at', findings.length, looks.length)
  }
  return findings
}

type Env = Readonly<Record<string, string | undefined>>

/** The nodes that the configuration names, else the one that was started here. */
async function nodes(env: Env, rpcUrl: RunningCoffer['rpcUrl'] | undefined) {
  if (env['RPC_URLS'] || env['COFFER_CONFIG']) {
    const configs = await chainConfigs(env)
    return configs.flatMap(({ chain, rpcUrls }) => rpcUrls.map((url) => ({ chain, url })))
  }
  return rpcUrl ? [{ chain: `eip155:${LOCAL_CHAIN_ID}`, url: rpcUrl }] : []
}

const LIMITS = { lagMax: 10_000, answerMs: 20_000 }

type App = { name: string; url: string; home: string }

async function findApp({ name, url, home }: App): Promise<Finding> {
  const found = await checkApp(name, url, LIMITS)
  const log = join(home, 'logs', `${name}.log`)
  if (!found.isWell) return { ...found, advice: `Look into its log (${log}) and start it again.` }
  if (!found.isSlow) return found
  return { ...found, advice: `It is at work: see what loads it, its log is ${log}.` }
}

const notSet = async (name: string, variable: string): Promise<Finding> => ({
  ...{ name, isWell: false, says: `${variable} is not set, and no Coffer was started here` },
  advice: `Set ${variable}, or start everything: coffer up.`,
})

const noApps = async (): Promise<Finding> => ({
  ...{ name: 'processes', isWell: false, says: 'none is known here' },
  advice: 'Start them: coffer up. Or name them: --app accounts=http://127.0.0.1:4002.',
})

async function examineBooks({ seals, json = false }: DoctorOptions): Promise<void> {
  const { DATABASE_URL } = readConfig(database, process.env)
  const exported = seals && readSealFile(exportedSeals, await readFile(seals, 'utf8'))
  await using postgres = openPostgres(DATABASE_URL, { applicationName: 'doctor' })
  const { bar } = progress()
  const violations = [
    ...(await checkLedger(postgres, (done, of) => bar('checks of the books', done, of))),
    ...(await checkSeals(postgres, exported ? exported.seals : [], (done, of) =>
      bar('seals', done, of),
    )),
  ]
  if (violations.length > 0) endWith('unwell')
  if (json) return printJson(violations)
  const [first] = violations
  if (first === undefined) {
    return console.log('The ledger agrees with itself: I1, I6 and I10 hold.')
  }
  console.log(`${first.invariant} does not hold. ${first.subject}: ${first.problem}`)
  const rest = violations.length - 1
  if (rest > 0) console.log(`${rest} more: see them with --json.`)
}
