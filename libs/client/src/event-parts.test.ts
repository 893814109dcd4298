import { expect, test } from 'vitest'
import { eventParts } from './event-parts.ts'

test('reads whole messages, and keeps what has come of the next', () => {
  const text = 'retry: 1000\n\nid: 7-1\nevent: deposit\ndata: {"a":1}\n\n: beat\n\nid: 8\ndata: {'

  const { events, rest } = eventParts(text)

  expect(events).toEqual([{ id: '7-1', name: 'deposit', text: '{"a":1}' }])
  expect(rest).toBe('id: 8\ndata: {')
})

test('joins lines of one message, whatever ends them', () => {
  const { events } = eventParts('data: one\r\ndata: two\r\n\r\n')

  expect(events).toEqual([{ id: undefined, name: 'message', text: 'one\ntwo' }])
})
