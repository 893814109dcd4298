/**
 * `npm run crash -- --times 20`: kills a process at each crash point so many times, while deposits
 * come, and a rebuild at each of its own; each time another process takes up what was left. After
 * every point everything must be booked once, and the log be what the ledger is. Prints how often
 * each point has killed, and ends with 1 if anything is wrong or a point has killed less often.
 */
import { readOptions } from '@coffer/runtime/read-options'
import { cofferUnderTest } from '../e2e/coffer-under-test.ts'
import { CRASH_PAIRS, crashPair, noKills, SMALL_STEPS } from '../e2e/crash-pairs.ts'
import { progress } from '../soak/progress.ts'
import { crashRebuilds } from './crash-rebuilds.ts'

/** The time at which a point kills: the first, some while catching up, one when that is done. */
const PASSES = [1, 3, 2, 1, 8]

const USAGE = `npm run crash -- [--times N]

Kills a process at each crash point while deposits come, and checks that each is booked once.

  --times N    how often at each point (20)`

const { values } = readOptions(USAGE, { options: { times: { type: 'string', default: '20' } } })
const times = Number(values.times)
if (!Number.isSafeInteger(times) || times < 1) {
  console.error(`--times is ${JSON.stringify(values.times)}. Expected a whole number from 1.`)
  process.exit(2)
}

const tell = progress()
const kills = noKills()
const problems: string[] = []
await using under = await cofferUnderTest({
  ...{ name: 'crash-many', users: 8, apps: ['api'], env: SMALL_STEPS },
})
const check = async (when: string) => {
  const found = (await under.violations()).map(
    ({ invariant, problem }) => `${invariant}: ${problem}`,
  )
  problems.push(...found.map((problem) => `${when}: ${problem}`))
  tell(`${when}: ${found.length === 0 ? 'nothing lost, nothing doubled' : found.join('; ')}`)
}

for (const pair of CRASH_PAIRS) {
  const passes = Array.from({ length: times }, (_, time) => PASSES[time % PASSES.length] ?? 1)
  await crashPair(under, pair, { passes, kills })
  await check(`${pair.scanner} and ${pair.accounts}`)
  const { apps } = under.coffer
  await Promise.all([apps.get('scanner')?.stop(), apps.get('accounts')?.stop()])
}
problems.push(...(await crashRebuilds(under, { times, kills, tell })))
await check('after all rebuilds')

for (const [point, count] of kills) {
  console.log(`${`${count}`.padStart(5)}  ${point}`)
  if (count < times) problems.push(`${point} has killed ${count} times, expected ${times}`)
}
for (const problem of problems) console.error(`  ${problem}`)
console.log(JSON.stringify({ crash: 'all', times, paid: under.paid(), problems: problems.length }))
process.exitCode = problems.length > 0 ? 1 : 0
