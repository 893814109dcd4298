import type { Redis } from 'ioredis'
import type { Delivery } from '../ports.ts'

/** A stream and what its entries are deliveries of. */
export type StreamPlace = { topic: string; partition: number }

/** A stream entry as Redis returns it: its id and its fields, names and values in turn. */
export type Entry = [id: string, fields: string[]]

/** One member of a group, and the key of the lease without which it gets nothing from a stream. */
export type StreamReader = {
  redis: Redis
  group: string
  member: string
  leaseKey(stream: string): string
}

/** Begins the group in `stream`, unless it has begun there before. */
export async function ensureGroup(
  redis: Redis,
  { stream, group, fromBeginning }: { stream: string; group: string; fromBeginning: boolean },
): Promise<void> {
  try {
    await redis.xgroup('CREATE', stream, group, fromBeginning ? '0' : '$', 'MKSTREAM')
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error
  }
}

/** Entries are claimed by so many. */
const CLAIM_COUNT = 1_000

const CLAIM = `
  if redis.call('GET', KEYS[2]) ~= ARGV[1] then return { '0-0', {}, false } end
  local last = false
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local named = {}
    for at = 1, #group, 2 do named[group[at]] = group[at + 1] end
    if named['name'] == ARGV[2] then last = named['last-delivered-id'] end
  end
  local claimed = redis.call('XAUTOCLAIM', KEYS[1], ARGV[2], ARGV[1], 0, ARGV[3], 'COUNT', ARGV[4])
  return { claimed[1], claimed[2], last }
`

/**
 * What members of the group were given of `stream` and never acknowledged, in order, and the id of
 * the last that any was given. Nothing without the lease, since this takes from the living, too.
 */
export async function claimPending(
  { redis, group, member, leaseKey }: StreamReader,
  stream: string,
): Promise<{ entries: Entry[]; lastId: string }> {
  const entries: Entry[] = []
  for (let cursor = '0-0'; ; ) {
    const keys = [stream, leaseKey(stream)]
    const reply = await redis.eval(CLAIM, 2, ...keys, member, group, cursor, CLAIM_COUNT)
    const [next, claimed, lastId] = reply as [string, (Entry | null)[], string | null]
    // One that was cut off meanwhile comes as nothing.
    entries.push(...claimed.filter((entry) => entry !== null))
    if (next === '0-0') return { entries, lastId: lastId ?? '0-0' }
    cursor = next
  }
}

const TAKE = `
  local taken = {}
  for at = 1, #KEYS, 2 do
    if redis.call('GET', KEYS[at + 1]) == ARGV[1] then
      local found = redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[1], 'COUNT', ARGV[3],
        'STREAMS', KEYS[at], '>')
      if found then taken[#taken + 1] = found[1] end
    end
  end
  return taken
`

/** What nobody in the group was given yet, by stream; of those whose lease is this member's. */
export async function takeNew(
  { redis, group, member, leaseKey }: StreamReader,
  { streams, countMax }: { streams: readonly string[]; countMax: number },
): Promise<[stream: string, entries: Entry[]][]> {
  const keys = streams.flatMap((stream) => [stream, leaseKey(stream)])
  const taken = await redis.eval(TAKE, keys.length, ...keys, member, group, countMax)
  return taken as [string, Entry[]][]
}

/** Waits until there is something behind one of `lastIds`, by stream, but no longer than that. */
export async function waitForNew(
  redis: Redis,
  lastIds: ReadonlyMap<string, string>,
  waitMs: number,
): Promise<void> {
  await redis.xread(
    ...(['COUNT', 1, 'BLOCK', waitMs, 'STREAMS'] as const),
    ...lastIds.keys(),
    ...lastIds.values(),
  )
}

const ACKNOWLEDGE = `
  if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
  for from = 3, #ARGV, 1000 do
    redis.call('XACK', KEYS[1], ARGV[2], unpack(ARGV, from, math.min(from + 999, #ARGV)))
  end
  return 1
`

/** Acknowledges what was delivered from `stream`; false when its lease is another member's now. */
export async function acknowledge(
  { redis, group, member, leaseKey }: StreamReader,
  { stream, offsets }: { stream: string; offsets: readonly string[] },
): Promise<boolean> {
  const keys = [stream, leaseKey(stream)]
  return (await redis.eval(ACKNOWLEDGE, 2, ...keys, member, group, ...offsets.map(entryId))) === 1
}

/** The delivery of an entry. */
export function readEntry([id, fields]: Entry, { topic, partition }: StreamPlace): Delivery {
  const named = new Map<string, string>()
  for (let at = 0; at < fields.length; at += 2) {
    named.set(fields[at] ?? '', fields[at + 1] ?? '')
  }
  return {
    topic,
    partition,
    offset: `${Number.parseInt(id, 10) - 1}`,
    key: named.get('key') ?? '',
    headers: JSON.parse(named.get('headers') ?? '{}'),
    value: named.get('value') ?? '',
  }
}

/** The id of the entry that is delivered under `offset`. */
const entryId = (offset: string): string => `${Number(offset) + 1}-0`
