import { describeError } from '@coffer/errors/app-error'
import type { Logger } from '@coffer/telemetry/logger'
import {
  type Connection,
  type Consumer,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV5,
  offsetCommitV9,
  offsetFetchV8,
  syncGroupV5,
} from '@platformatic/kafka'
import {
  ASSIGNER,
  assignRoundRobin,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type TopicPartitions,
} from './group-protocol.ts'
import {
  answerOf,
  cutPool,
  type PlatformaticClientOptions,
  platformaticPool,
} from './platformatic-client.ts'

export type GroupOptions = PlatformaticClientOptions & {
  logger: Logger
  /** Knows the cluster; not a member itself. */
  client: Pick<Consumer, 'findGroupCoordinator' | 'metadata'>
  groupId: string
  topics: readonly string[]
  sessionTimeoutMs: number
}

/** One generation of a group as one of its members sees it. */
export type Generation = {
  assigned: readonly TopicPartitions[]
  /** Aborts when the group goes on without this member until it joins again. */
  lost: AbortSignal
  /** What the group has committed; -1 where it has committed nothing yet. */
  committed(): Promise<Offsets>
  /** Commits that everything before these offsets was handled. */
  commit(offsets: Offsets): Promise<void>
  /** Ends the heartbeats. */
  stop(): void
}

/** Offsets by partition, by topic. */
export type Offsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>

export type Group = {
  /** Takes part in the next generation; what the last one assigned must not be handled any more. */
  join(): Promise<Generation>
  /** Says goodbye, so that others take over at once. */
  leave(): Promise<void>
  cut(): void
}

/** How long the group waits for members that have something in hand, milliseconds. */
const REBALANCE_MS = 60_000

const HEARTBEAT_MS = 1_000

/** Answers after which only joining again helps. */
const LOST = new Set<unknown>([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR',
])

/**
 * A member of a group. It speaks the protocol itself: the consumer of @platformatic/kafka joins
 * again as soon as the group rebalances, while a handler may be at work on what it is to lose.
 */
export function platformaticGroup(options: GroupOptions): Group {
  const { groupId, topics, client } = options
  const pool = platformaticPool(options, REBALANCE_MS + 5_000)
  let memberId = ''

  const coordinator = async () => {
    const nodeId = await client.findGroupCoordinator()
    const { brokers } = await client.metadata({ topics: [...topics] })
    const broker = brokers.get(nodeId)
    if (broker === undefined) throw new Error('the group has no coordinator yet')
    return await pool.get(broker)
  }
  const joinOnce = async (): Promise<Generation> => {
    const connection = await coordinator()
    const joined = await joinGroupV9.api.async(
      connection,
      groupId,
      options.sessionTimeoutMs,
      REBALANCE_MS,
      memberId,
      null,
      'consumer',
      [{ name: ASSIGNER, metadata: encodeSubscription(topics) }],
    )
    memberId = joined.memberId
    const members = joined.members.map(
      (member) => [member.memberId, decodeSubscription(member.metadata)] as const,
    )
    const assignments = joined.leader === memberId ? await assign(client, new Map(members)) : []
    const { generationId, protocolName } = joined
    const synced = await syncGroupV5.api.async(
      connection,
      groupId,
      generationId,
      memberId,
      null,
      'consumer',
      protocolName,
      assignments,
    )
    const assigned = decodeAssignment(synced.assignment)
    return generationOf(options, { memberId, generationId, assigned, coordinator })
  }

  return {
    async join() {
      for (;;) {
        try {
          return await joinOnce()
        } catch (error) {
          const answer = answerOf(error)
          if (answer?.['apiId'] === 'MEMBER_ID_REQUIRED') memberId = String(answer['memberId'])
          else if (answer?.['apiId'] !== 'REBALANCE_IN_PROGRESS') throw error
        }
      }
    },
    async leave() {
      if (memberId !== '')
        await leaveGroupV5.api.async(await coordinator(), groupId, [{ memberId }])
    },
    cut: () => cutPool(pool),
  }
}

/** What the leader of a group, who is any of its members, gives to whom. */
async function assign(
  client: GroupOptions['client'],
  members: ReadonlyMap<string, readonly string[]>,
): Promise<{ memberId: string; assignment: Buffer }[]> {
  const topics = [...new Set([...members.values()].flat())]
  const metadata = await client.metadata({ topics })
  const counts = topics.map(
    (topic) => [topic, metadata.topics.get(topic)?.partitionsCount ?? 0] as const,
  )
  return [...assignRoundRobin(members, new Map(counts))].map(([memberId, assigned]) => ({
    memberId,
    assignment: encodeAssignment(assigned),
  }))
}

type Member = {
  memberId: string
  generationId: number
  assigned: readonly TopicPartitions[]
  coordinator: () => Promise<Connection>
}

function generationOf(options: GroupOptions, member: Member): Generation {
  const { groupId } = options
  const { memberId, generationId, assigned, coordinator } = member
  const heartbeat = async () =>
    await heartbeatV4.api.async(await coordinator(), groupId, generationId, memberId)
  const { lost, stop } = keepBeating(heartbeat, options)
  return {
    assigned,
    lost,
    stop,
    async committed() {
      const topics = assigned.map(({ topic, partitions }) => ({
        name: topic,
        partitionIndexes: [...partitions],
      }))
      const asked = [{ groupId, memberEpoch: -1, topics }]
      const { groups } = await offsetFetchV8.api.async(await coordinator(), asked, false)
      return new Map(
        groups[0]?.topics.map(({ name, partitions }) => [
          name,
          new Map(partitions.map((each) => [each.partitionIndex, each.committedOffset])),
        ]),
      )
    },
    async commit(offsets) {
      const topics = [...offsets].map(([name, partitions]) => ({
        name,
        partitions: [...partitions].map(([partitionIndex, committedOffset]) => ({
          partitionIndex,
          committedOffset,
          committedLeaderEpoch: -1,
        })),
      }))
      await offsetCommitV9.api.async(
        await coordinator(),
        groupId,
        generationId,
        memberId,
        null,
        topics,
      )
    },
  }
}

/** Beats until stopped; `lost` aborts when the group says so, or has said nothing for a session. */
function keepBeating(
  beat: () => Promise<unknown>,
  { sessionTimeoutMs, logger }: GroupOptions,
): { lost: AbortSignal; stop(): void } {
  const lost = new AbortController()
  let heardAt = performance.now()
  let isBeating = false
  const beatOnce = async () => {
    isBeating = true
    try {
      await beat()
      heardAt = performance.now()
    } catch (error) {
      if (LOST.has(answerOf(error)?.['apiId'])) lost.abort(error)
      else logger.debug({ error: describeError(error) }, 'A heartbeat failed')
    } finally {
      isBeating = false
    }
  }
  const timer = setInterval(() => {
    if (performance.now() - heardAt > sessionTimeoutMs) {
      lost.abort(new Error(`the group has not answered for ${sessionTimeoutMs} ms`))
    }
    if (!isBeating) void beatOnce()
  }, HEARTBEAT_MS)
  return { lost: lost.signal, stop: () => clearInterval(timer) }
}
