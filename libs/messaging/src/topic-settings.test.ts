import { ConfigError, readConfig } from '@coffer/runtime/read-config'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { requireCopies, topicCopies, topicSettings } from './topic-settings.ts'

const settings = z.object(topicSettings).superRefine(requireCopies)
const read = (env: Record<string, string>) => topicCopies(readConfig(settings, env))

test('leaves to the brokers what nobody has asked for', () => {
  expect(read({})).toEqual({ replicationFactor: undefined, minInsyncReplicas: undefined })
})

test.each([
  ['1', 1],
  ['2', 1],
  ['3', 2],
])('of %s copies %d must be there, so that one broker may be gone', (copies, minInsyncReplicas) => {
  expect(read({ REPLICATION_FACTOR: copies })).toEqual({
    replicationFactor: Number(copies),
    minInsyncReplicas,
  })
})

test('takes what is asked for', () => {
  expect(read({ REPLICATION_FACTOR: '3', MIN_INSYNC_REPLICAS: '3' })).toEqual({
    replicationFactor: 3,
    minInsyncReplicas: 3,
  })
})

test.each([
  ['more in sync than there are', { REPLICATION_FACTOR: '2', MIN_INSYNC_REPLICAS: '3' }],
  ['no copy at all', { REPLICATION_FACTOR: '0' }],
  ['half a copy', { REPLICATION_FACTOR: '1.5' }],
])('refuses %s', (_, env) => {
  expect(() => read(env)).toThrow(ConfigError)
})
