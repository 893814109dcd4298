import { join, resolve } from 'node:path'
import { AppError } from '@coffer/errors/app-error'
import { PART_VARIABLES, proveGivenPart, type StackUrls } from './given-parts.ts'
import type { Part, PartPlan, PartState, PlanSurroundings } from './parts/part-plan.ts'
import { planAnvil } from './parts/plan-anvil.ts'
import { planKafka } from './parts/plan-kafka.ts'
import { planPostgres } from './parts/plan-postgres.ts'
import { planRedis } from './parts/plan-redis.ts'
import { type RunningPart, runPart } from './parts/run-part.ts'
import { openStackFolder, type StackFolder } from './processes/stack-folder.ts'
import type { Amount } from './programs/maven.ts'
import { type RunProgram, runProgram } from './programs/run-program.ts'
import { stopStacks } from './stop-stacks.ts'

export type { StackUrls } from './given-parts.ts'
export type { Part } from './parts/part-plan.ts'
export type { RunningPart } from './parts/run-part.ts'

export type StackProgress = {
  part: Part
  state: PartState
  detail?: string
  /** Of what is downloaded. */
  amount?: Amount
  elapsedMs: number
}

export type StackOptions = {
  /** Folder that holds every stack's data and pid records; default `.coffer`. */
  home?: string
  /** Which parts to start; default all. */
  parts?: readonly Part[]
  /** Parts that run elsewhere: proven ready and used as they are, never stopped. */
  given?: Partial<StackUrls>
  /** How many brokers Kafka has, each of which knows all of them; default 1. */
  brokers?: number
  /** Extra arguments for anvil, such as `--no-mining`. */
  anvilArguments?: readonly string[]
  /** Whether what is committed outlives a loss of power; default yes. Tests need it not. */
  isDurable?: boolean
  onProgress?: (line: StackProgress) => void
  /** How programs on PATH are found and run. */
  run?: RunProgram
}

export type Stack = AsyncDisposable & {
  /** Data and logs; removed with the stack. */
  dir: string
  /** Of a part that was neither started nor given it is the empty string. */
  urls: StackUrls
  /** A part that this stack started; of Kafka the first broker. Throws for any other. */
  part(name: Part): RunningPart
  /** The brokers of Kafka that this stack started, by their node ids from 1 on. */
  brokers: readonly RunningPart[]
  /** From now on this child ends with the stack, even if this process is killed. */
  adopt(child: { pid?: number | undefined }): void
}

const PARTS: readonly Part[] = ['postgres', 'kafka', 'redis', 'anvil']

/**
 * Starts the parts Coffer needs on free ports of 127.0.0.1 and resolves when each has answered
 * a real request. Disposing ends them and removes their data; should this process end without
 * that, a watchdog does the same. Ends stacks that earlier crashes left, too.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    home = '.coffer',
    parts = PARTS,
    given = {},
    brokers = 1,
    run = runProgram,
    isDurable = true,
  } = options
  await stopStacks({ home })
  const folder = await openStackFolder(home)
  const started = new Map<PartPlan, { running: RunningPart; url: string }>()
  const urls: StackUrls = { DATABASE_URL: '', KAFKA_BROKERS: '', REDIS_URL: '', RPC_URLS: '' }
  const tell = progressTeller(options.onProgress)
  const cache = join(resolve(home), 'cache')

  async function useGiven(part: Part, url: string): Promise<void> {
    await proveGivenPart(part, url)
    urls[PART_VARIABLES[part]] = url
    tell(part, 'given')
  }

  function plan(part: Part): Promise<PartPlan[]> {
    const onDownload = (detail: string, amount?: Amount) =>
      tell(part, 'downloading', { detail, ...(amount && { amount }) })
    const surroundings = { folder, cache, run, isDurable, onDownload }
    return makePlans(part, surroundings, { anvilArguments: options.anvilArguments, brokers })
  }

  async function startOwn(own: PartPlan): Promise<void> {
    await own.fetch()
    tell(own.part, 'starting')
    const one = await runPart(own, { folder, run })
    started.set(own, one)
    tell(own.part, 'ready', { detail: one.url })
  }

  try {
    // All plans first: what is missing is said before anything is downloaded or started.
    const own = parts.filter((part) => !given[PART_VARIABLES[part]])
    const plans = (await all(own.map(plan))).flat()
    const elsewhere = PARTS.flatMap((part) => {
      const url = given[PART_VARIABLES[part]]
      return url ? [useGiven(part, url)] : []
    })
    await all([...plans.map(startOwn), ...elsewhere])
    const ran = plans.flatMap((each) => started.get(each) ?? [])
    for (const part of own) {
      const ofPart = ran.filter(({ running }) => running.part === part)
      urls[PART_VARIABLES[part]] = ofPart.map(({ url }) => url).join()
    }
    return stackOf(folder, { running: ran.map(({ running }) => running), urls })
  } catch (error) {
    await folder.close()
    throw error
  }
}

function stackOf(
  folder: StackFolder,
  { running, urls }: { running: readonly RunningPart[]; urls: StackUrls },
): Stack {
  return {
    dir: folder.dir,
    urls,
    adopt: (child) => folder.adopt(child),
    part(name) {
      const part = running.find((each) => each.part === name)
      if (part === undefined) throw new Error(`This stack has not started ${name}.`)
      return part
    },
    brokers: running.filter(({ part }) => part === 'kafka'),
    [Symbol.asyncDispose]: () => folder.close(),
  }
}

type PlanWishes = { anvilArguments: readonly string[] | undefined; brokers: number }

async function makePlans(
  part: Part,
  surroundings: PlanSurroundings,
  { anvilArguments, brokers }: PlanWishes,
): Promise<PartPlan[]> {
  if (part === 'postgres') return [await planPostgres(surroundings)]
  if (part === 'kafka') return await planKafka(surroundings, brokers)
  if (part === 'redis') return [await planRedis(surroundings)]
  return [planAnvil(surroundings.folder.dir, anvilArguments)]
}

function progressTeller(onProgress: StackOptions['onProgress'] = () => {}) {
  const beginning = performance.now()
  return (part: Part, state: PartState, more: Pick<StackProgress, 'detail' | 'amount'> = {}) => {
    const elapsedMs = Math.round(performance.now() - beginning)
    onProgress({ part, state, elapsedMs, ...more })
  }
}

/** Waits for all, so that nothing still starts when one has failed; then throws every failure. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises)
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  )
  if (failures.length > 1) throw new StackFailedError(failures)
  if (failures.length === 1) throw failures[0]
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

/** Several parts are missing or failed at once; the message has a line for each. */
export class StackFailedError extends AppError {
  readonly code = 'DEVSTACK_FAILED'

  constructor(failures: readonly unknown[]) {
    const messages = failures.map((failure) =>
      failure instanceof Error ? failure.message : String(failure),
    )
    super(messages.join('\n'), { retry: 'never', cause: new AggregateError(failures) })
  }
}
