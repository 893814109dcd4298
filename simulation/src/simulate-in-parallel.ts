import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { openCoverage } from './coverage.ts'
import { missingFrom } from './missing.ts'
import type { Verdict } from './simulate-seed.ts'
import type { Share, Simulation } from './simulate-seeds.ts'

const WORKER = join(import.meta.dirname, 'seed-worker.ts')

/** Seeds that a process is given at once: few, so that none has much to do when others are done. */
const SEEDS_AT_ONCE = 25

/** As `simulateSeeds`, by several processes; verdicts come in any order and without their trace. */
export async function simulateInParallel(
  seeds: readonly number[],
  { workers, onVerdict }: { workers: number; onVerdict: (verdict: Verdict) => void },
): Promise<Simulation> {
  const coverage = openCoverage()
  const failed: Verdict[] = []
  const left = [...seeds]

  const take = ({ verdicts, counts }: Share) => {
    for (const [happening, count] of counts) coverage.saw(happening, count)
    for (const verdict of verdicts) {
      if (verdict.violations.length > 0) failed.push(verdict)
      onVerdict(verdict)
    }
  }
  const work = async () => {
    const worker = fork(WORKER)
    try {
      while (left.length > 0) take(await sharedBy(worker, left.splice(0, SEEDS_AT_ONCE)))
    } finally {
      worker.disconnect()
    }
  }
  const needed = Math.min(workers, Math.ceil(seeds.length / SEEDS_AT_ONCE))
  await Promise.all(Array.from({ length: needed }, work))
  failed.sort((one, other) => one.seed - other.seed)
  return { failed, coverage, missing: missingFrom(coverage, seeds.length) }
}

function sharedBy(worker: ChildProcess, seeds: readonly number[]): Promise<Share> {
  const { promise, resolve, reject } = Promise.withResolvers<Share>()
  const ended = (code: number | null, signal: string | null) =>
    reject(new Error(`The process that simulates seed ${seeds[0]} and on ended: ${code ?? signal}`))
  worker.once('exit', ended)
  worker.once('message', (share) => {
    worker.off('exit', ended)
    resolve(share as Share)
  })
  worker.send(seeds)
  return promise
}
