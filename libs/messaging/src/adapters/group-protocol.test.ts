import { AssignerProtocol } from 'kafkajs'
import { expect, test } from 'vitest'
import {
  assignRoundRobin,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './group-protocol.ts'

const { MemberAssignment, MemberMetadata } = AssignerProtocol
const assigned = [
  { topic: 'wallet.events', partitions: [0, 2, 11] },
  { topic: 'кошелёк', partitions: [] },
]

test('speaks as kafkajs does, so that members with either client understand each other', () => {
  const topics = ['wallet.events', 'кошелёк']
  const subscription = MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) })
  const assignment = MemberAssignment.encode({
    version: 0,
    assignment: Object.fromEntries(
      assigned.map(({ topic, partitions }) => [topic, [...partitions]]),
    ),
    userData: Buffer.alloc(0),
  })

  expect(encodeSubscription(topics)).toEqual(subscription)
  expect(encodeAssignment(assigned)).toEqual(assignment)
  expect(decodeSubscription(subscription)).toEqual(topics)
  expect(decodeAssignment(assignment)).toEqual(assigned)
})

test('takes no answer for no partitions', () => {
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([])
})

test('deals out each partition once, to those who want its topic', () => {
  const members = new Map([
    ['b', ['one', 'two']],
    ['a', ['one']],
    ['c', ['two']],
  ])
  const counts = new Map([
    ['one', 3],
    ['two', 2],
    ['nobody', 4],
  ])

  expect(Object.fromEntries(assignRoundRobin(members, counts))).toEqual({
    a: [{ topic: 'one', partitions: [0, 2] }],
    b: [
      { topic: 'one', partitions: [1] },
      { topic: 'two', partitions: [1] },
    ],
    c: [{ topic: 'two', partitions: [0] }],
  })
})
