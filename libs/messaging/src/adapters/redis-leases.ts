import { AppError } from '@coffer/errors/app-error'
import type { Redis } from 'ioredis'

export type RedisLeasesOptions = {
  redis: Redis
  /** The group, its prefix included. */
  group: string
  /** Names this member, and no other ever. */
  member: string
  /** The streams that the group shares, the same for all its members. */
  streams: readonly string[]
  /** A member that says nothing for so long loses its streams to others, milliseconds. */
  sessionTimeoutMs: number
}

/** Which streams this member may read now, and which of them it is to give up. */
export type Share = { mine: string[]; toRelease: string[] }

/**
 * Who reads which stream: a stream has one reader in a group at any time, so that no key is handled
 * by two members at once. A lease runs out by the clock of Redis when its holder is silent.
 */
export type RedisLeases = {
  /** The key that names who holds the lease of `stream`. */
  key(stream: string): string
  /** Says that this member lives, renews its leases and takes those that it is due and are free. */
  renew(): Promise<Share>
  /** Lets others take these. */
  release(streams: readonly string[]): Promise<void>
  /** Leaves the group and releases everything. */
  leave(): Promise<void>
}

/**
 * Members share the streams by rank: the stream at `i` is for the member at `i` modulo their count.
 * What is due to another stays with its holder, and is told, until the holder has released it.
 */
const RENEW = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local session = tonumber(ARGV[2])
  redis.call('ZADD', KEYS[1], now + session, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  redis.call('PEXPIRE', KEYS[1], session * 10)
  local members = redis.call('ZRANGE', KEYS[1], 0, -1)
  table.sort(members)
  local rank = 0
  for at, member in ipairs(members) do if member == ARGV[1] then rank = at - 1 end end
  local states = {}
  for at = 2, #KEYS do
    local holder = redis.call('GET', KEYS[at])
    local due = (at - 2) % #members == rank
    if due and not holder then
      redis.call('SET', KEYS[at], ARGV[1], 'PX', session)
      states[at - 1] = 'mine'
    elseif holder == ARGV[1] then
      redis.call('PEXPIRE', KEYS[at], session)
      states[at - 1] = due and 'mine' or 'release'
    else
      states[at - 1] = 'others'
    end
  end
  return states
`

const RELEASE = `
  for _, key in ipairs(KEYS) do
    if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
  end
`

/** The leases of one member of a group. */
export function redisLeases(options: RedisLeasesOptions): RedisLeases {
  const { redis, group, member, streams, sessionTimeoutMs } = options
  const membersKey = `coffer:members:${group}`
  const leaseKey = (stream: string) => `coffer:lease:${group}:${stream}`
  const leaseKeys = streams.map(leaseKey)

  const release = async (released: readonly string[]) => {
    if (released.length === 0) return
    await redis.eval(RELEASE, released.length, ...released.map(leaseKey), member)
  }
  return {
    key: leaseKey,
    release,
    async renew() {
      const keys = [membersKey, ...leaseKeys]
      const states = await redis.eval(RENEW, keys.length, ...keys, member, sessionTimeoutMs)
      const inState = (state: string) =>
        streams.filter((_, at) => Array.isArray(states) && states[at] === state)
      return { mine: inState('mine'), toRelease: inState('release') }
    },
    async leave() {
      await redis.zrem(membersKey, member)
      await release(streams)
    },
  }
}

/** Another member may read what this one had in hand: it joins again. */
export class LeaseLostError extends AppError {
  readonly code = 'LEASE_LOST'

  constructor() {
    super('This member of the group was silent for too long, and another has its streams.', {
      retry: 'retry',
    })
  }
}
