/**
 * `npm run soak -- --minutes 30`: a whole Coffer at work for long, on a chain that reorganises,
 * behind nodes that fail and lie, beside a broker and a database that hang and hang up. In the end
 * everything is healed, nobody helps, and all that is on the chain must be booked, once. Ends with
 * 1 if anything was lost, doubled or otherwise wrong, or if a process grew.
 */

import { readOptions } from '@coffer/runtime/read-options'
import { progress } from './progress.ts'
import { runSoak } from './run-soak.ts'
import { soakVerdict } from './soak-verdict.ts'

const USAGE = `npm run soak -- [--minutes N] [--seed N] [--slope-max MB] [--rss-slope-max MB]

Has a whole Coffer at work while everything around it fails, and checks that nothing is lost.

  --minutes N           for how long (30)
  --seed N              what goes wrong, and when (1)
  --slope-max MB        how fast what a process has in use may grow, MB an hour (10)
  --rss-slope-max MB    the same of memory of the machine (60)`

const { values } = readOptions(USAGE, {
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    /** How fast what a process has in use may grow after it has warmed up, MB an hour. */
    'slope-max': { type: 'string', default: '10' },
    /** The same of memory of the machine, which V8 and malloc take and give back in steps. */
    'rss-slope-max': { type: 'string', default: '60' },
  },
})
const minutes = positive('minutes', values.minutes)
const seed = positive('seed', values.seed)
const limits = {
  slopeMax: positive('slope-max', values['slope-max']),
  rssSlopeMax: positive('rss-slope-max', values['rss-slope-max']),
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stopping.abort(signal))
}
try {
  const soaked = await runSoak({ minutes, seed, signal: stopping.signal, tell: progress() })
  const { problems, ...figures } = soakVerdict(soaked, limits)
  for (const problem of problems) console.error(`  ${problem}`)
  console.log(JSON.stringify({ bench: 'soak', minutes, seed, ...figures }))
  process.exitCode = problems.length > 0 ? 1 : 0
} catch (error) {
  if (!stopping.signal.aborted) throw error
  console.error(`  stopped by ${stopping.signal.reason}: nothing is left running`)
  process.exitCode = 130
}

/** A number above 0; ends the process where the text is none. */
function positive(name: string, text: string): number {
  const number = Number(text)
  if (number > 0) return number
  console.error(`--${name} is ${JSON.stringify(text)}. Expected a number above 0.`)
  process.exit(2)
}
