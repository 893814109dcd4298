import type { Redis } from 'ioredis'

/** Entries cut off by one step, so that none holds Redis up for long. */
const STEP = 1_000

/**
 * Finds the end of what is older than asked and was acknowledged by every group, and cuts it off.
 * What no group has read is kept, for the first may yet come.
 */
const TRIM = `
  local before
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local name, last
    for at = 1, #group, 2 do
      if group[at] == 'name' then name = group[at + 1] end
      if group[at] == 'last-delivered-id' then last = tonumber(group[at + 1]:match('^%d+')) + 1 end
    end
    local pending = redis.call('XPENDING', KEYS[1], name)
    if pending[1] > 0 then last = tonumber(pending[2]:match('^%d+')) end
    if not before or last < before then before = last end
  end
  if not before then return 0 end
  local oldest = redis.call('TIME')[1] - math.ceil(ARGV[1] / 1000)
  local keep
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[2])) do
    local id = tonumber(entry[1]:match('^%d+'))
    local at
    for field = 1, #entry[2], 2 do
      if entry[2][field] == 'at' then at = tonumber(entry[2][field + 1]) end
    end
    if id >= before or (at and at >= oldest) then break end
    keep = id + 1
  end
  if not keep then return 0 end
  return redis.call('XTRIM', KEYS[1], 'MINID', string.format('%d-0', keep))
`

/**
 * Cuts off what is older than `olderThanMs` and was acknowledged by every group of `stream`;
 * returns how many entries. A group that comes no more keeps all that it hasn't read.
 */
export async function trimStream(
  redis: Redis,
  stream: string,
  olderThanMs: number,
): Promise<number> {
  for (let trimmed = 0; ; ) {
    const cut = Number(await redis.eval(TRIM, 1, stream, olderThanMs, STEP))
    trimmed += cut
    if (cut < STEP) return trimmed
  }
}
