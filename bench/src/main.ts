import { readOptions } from '@coffer/runtime/read-options'
import { catchUp } from './catch-up.ts'
import { catchUpTokens } from './catch-up-tokens.ts'
import { consolePages } from './console.ts'
import { credits } from './credits.ts'
import { payments } from './payments.ts'
import { payouts } from './payouts.ts'
import { reads } from './reads.ts'
import { rebuild } from './rebuild.ts'
import { relay } from './relay.ts'
import { missedFigures } from './required-figures.ts'
import { tipLatency } from './tip-latency.ts'
import { verify } from './verify.ts'
import { watchSet } from './watch-set.ts'
import { withdrawable } from './withdrawable.ts'

/** Benchmarks by name. Each prints progress on standard error and returns its figures. */
const BENCHMARKS = {
  'catch-up': catchUp,
  'catch-up-tokens': catchUpTokens,
  'tip-latency': tipLatency,
  'watch-set': watchSet,
  console: consolePages,
  credits,
  payouts,
  relay,
  rebuild,
  verify,
  payments,
  reads,
  withdrawable,
}

const USAGE = `npm run bench -- [NAME…] [--count N] [--json] [--no-require]

Runs the benchmarks of these names, or all: ${Object.keys(BENCHMARKS).join(', ')}.

  --count N      work to do: blocks, messages, requests; each benchmark has a default of its own
  --json         prints the last line alone
  --no-require   does not end with 1 because a figure is not what is required`

const { positionals, values } = readOptions(USAGE, {
  allowPositionals: true,
  allowNegative: true,
  options: {
    json: { type: 'boolean', default: false },
    /** Work to do: blocks, or messages. Each benchmark has a default of its own. */
    count: { type: 'string' },
    /** Whether a figure that is not what is required ends this with 1; else it is only told. */
    require: { type: 'boolean', default: true },
  },
})
const missed: string[] = []
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)
for (const name of names) {
  const benchmark = Object.entries(BENCHMARKS).find(([known]) => known === name)?.[1]
  if (benchmark === undefined) {
    console.error(`No benchmark ${name}. There are: ${Object.keys(BENCHMARKS).join(', ')}.`)
    process.exit(2)
  }
  const figures = await benchmark(values.count === undefined ? {} : { count: Number(values.count) })
  if (!values.json) console.error(figures)
  console.log(JSON.stringify({ bench: name, ...figures }))
  missed.push(...missedFigures(name, figures))
}
for (const each of missed) console.error(each)
if (values.require && missed.length > 0) process.exitCode = 1
