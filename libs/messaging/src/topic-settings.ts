import { z } from 'zod'

const brokers = z.coerce.number().int().min(1).max(32)

/** Settings that say how safely Kafka keeps the topics that are made. */
export const topicSettings = {
  /** On how many brokers each message is kept; by default as the brokers themselves have it. */
  REPLICATION_FACTOR: brokers.optional(),
  /**
   * How many of them must have a message before it counts as published; by default all but one of
   * `REPLICATION_FACTOR`, so that nothing stops when one is gone and nothing is lost with it.
   */
  MIN_INSYNC_REPLICAS: brokers.optional(),
}

export type TopicSettings = z.output<z.ZodObject<typeof topicSettings>>

/** How many brokers keep a message, and how many must; what is undefined the brokers know. */
export type TopicCopies = {
  replicationFactor?: number | undefined
  minInsyncReplicas?: number | undefined
}

/** Refuses topics to which nothing could ever be published. */
export function requireCopies(settings: TopicSettings, context: z.RefinementCtx): void {
  const { REPLICATION_FACTOR: copies, MIN_INSYNC_REPLICAS: inSync } = settings
  if (copies === undefined || inSync === undefined || inSync <= copies) return
  context.addIssue({
    code: 'custom',
    path: ['MIN_INSYNC_REPLICAS'],
    message: `Expected at most REPLICATION_FACTOR, which is ${copies}: else nothing is in sync.`,
  })
}

/** What {@link topicSettings} ask for, once {@link requireCopies} has found nothing wrong. */
export function topicCopies(settings: TopicSettings): TopicCopies {
  const { REPLICATION_FACTOR: replicationFactor, MIN_INSYNC_REPLICAS } = settings
  const allButOne = replicationFactor && Math.max(1, replicationFactor - 1)
  return { replicationFactor, minInsyncReplicas: MIN_INSYNC_REPLICAS ?? allButOne }
}
