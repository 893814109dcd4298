import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { deadLetterTopic, TOPICS } from './topics.ts'

const names = new Set(TOPICS.map(({ name }) => name))

test.each(Object.entries(catalogue))('%s goes to a topic that is created', (_type, { topic }) => {
  expect(names).toContain(topic)
  expect(names).toContain(deadLetterTopic(topic))
})

test('topics are kept for ever, and named once', () => {
  expect(TOPICS.filter(({ retentionMs }) => retentionMs !== -1)).toEqual([])
  expect(names.size).toBe(TOPICS.length)
})
