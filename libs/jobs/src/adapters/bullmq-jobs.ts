import { AppError } from '@coffer/errors/app-error'
import { pause } from '@coffer/runtime/backoff'
import type { Logger } from '@coffer/telemetry/logger'
import { type JobsOptions, Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { Job, JobQueue, JobRunOptions } from '../ports.ts'

export type BullmqJobsOptions = {
  /** `redis://host:port`, or `rediss://` with TLS. */
  url: string
  /** What the jobs do, for example `payments.expire`. */
  queue: string
  /** Put before every key, so that tests can share a server. */
  prefix?: string
  logger: Logger
}

/** Redis that takes longer than this is as good as away, milliseconds. */
const ANSWER_MS = 2_000

/** Nothing is kept of what is over, and nothing is tried again: the database says what is due. */
const FORGET = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const

/** A queue of BullMQ. Connects at first use, and again whenever Redis is back. */
export function bullmqJobs({ url, queue, prefix = 'coffer', logger }: BullmqJobsOptions): JobQueue {
  const onError = (error: Error) => logger.debug({ queue, error: error.message }, 'Redis failed')
  const connection = redis(url, onError)
  // Without a wait for Redis, so that whoever adds is answered while it is away.
  const jobs = new Queue(queue, { connection, prefix, skipWaitingForReady: true })
  jobs.on('error', onError)

  return {
    async add(added) {
      if (added.length === 0) return
      const bulk = added.map((job) => ({ name: queue, data: { id: job.id }, opts: optionsOf(job) }))
      await withinReach(jobs.addBulk(bulk), queue)
    },
    run: (handle, options) => runWorker({ url, queue, prefix, onError }, handle, options),
    async [Symbol.asyncDispose]() {
      await jobs.close().catch(onError)
      connection.disconnect()
    },
  }
}

const redis = (url: string, onError: (error: Error) => void) =>
  new Redis(url, {
    // BullMQ asks for it: its workers wait in Redis for as long as it takes.
    maxRetriesPerRequest: null,
    connectTimeout: ANSWER_MS,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  }).on('error', onError)

/**
 * A job that is due is recognised by its id while it waits; added while it is handled it follows.
 * One that is due later is recognised by its moment too, for an earlier moment is another job.
 */
function optionsOf({ id, dueAt }: Job): JobsOptions {
  const delay = dueAt === undefined ? 0 : dueAt.getTime() - Date.now()
  // BullMQ reads a colon in an id as a separator.
  const name = encodeURIComponent(id)
  if (delay > 0) return { ...FORGET, delay, jobId: `${name}@${dueAt?.getTime()}` }
  return { ...FORGET, deduplication: { id: name, keepLastIfActive: true } }
}

type WorkerOf = { url: string; queue: string; prefix: string; onError: (error: Error) => void }

async function runWorker(
  { url, queue, prefix, onError: onRedisError }: WorkerOf,
  handle: (id: string) => Promise<void>,
  { concurrency, signal, onError }: JobRunOptions,
): Promise<void> {
  if (signal.aborted) return
  const connection = redis(url, onRedisError)
  const process = async ({ data }: { data: { id: string } }) => {
    await handle(data.id).catch((error: unknown) => onError(error, data.id))
  }
  const worker = new Worker(queue, process, { connection, prefix, concurrency, autorun: false })
  worker.on('error', onRedisError)
  const running = worker.run().catch(onRedisError)
  await aborted(signal)
  await worker.close()
  await running
  connection.disconnect()
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

async function withinReach(adding: Promise<unknown>, queue: string): Promise<void> {
  const late = new AbortController()
  const timeout = pause(ANSWER_MS, late.signal).then(() => 'late' as const)
  try {
    const outcome = await Promise.race([adding, timeout])
    if (outcome === 'late') throw new Error(`No answer within ${ANSWER_MS} ms.`)
  } catch (error) {
    // It may still fail later, when nobody listens.
    adding.catch(() => undefined)
    throw new JobsUnavailableError(queue, error)
  } finally {
    late.abort()
  }
}

/** Redis did not take the jobs. They are found in the database when they are due. */
export class JobsUnavailableError extends AppError {
  readonly code = 'JOBS_UNAVAILABLE'

  constructor(queue: string, cause: unknown) {
    super(
      `Redis did not take the jobs of ${queue}. Nothing is lost: what is due is found in the ` +
        'database, only later. See that REDIS_URL is reached.',
      { retry: 'retry', details: { queue }, cause },
    )
  }
}
