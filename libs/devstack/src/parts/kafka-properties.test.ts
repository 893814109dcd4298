import { expect, test } from 'vitest'
import { withIdentity } from './kafka-folder.ts'
import { kafkaProperties, propertiesEnvironment, propertiesText } from './kafka-properties.ts'

const node = {
  id: 1,
  host: '127.0.0.1',
  port: 20_001,
  controllerPorts: [20_002],
  directory: '/a/kafka',
}

const factorsOf = (controllerPorts: readonly number[]) =>
  Object.entries(kafkaProperties({ ...node, controllerPorts })).filter(([name]) =>
    /replication\.factor$|min\.isr$|min\.insync/.test(name),
  )

test('clients are told an address on 127.0.0.1, wherever the broker listens', () => {
  const properties = kafkaProperties({ ...node, host: '0.0.0.0' })
  expect(properties.listeners).toBe('BROKER://0.0.0.0:20001,CONTROLLER://127.0.0.1:20002')
  expect(properties['advertised.listeners']).toBe('BROKER://127.0.0.1:20001')
  expect(properties['controller.quorum.voters']).toBe('1@127.0.0.1:20002')
})

test('no topic of the broker itself asks for more brokers than there are', () => {
  const factors = factorsOf([20_002])
  expect(factors.length).toBeGreaterThan(4)
  expect(factors.filter(([, value]) => value !== '1')).toEqual([])
})

test('of three brokers each keeps all, and two are enough to go on', () => {
  const factors = factorsOf([20_002, 20_003, 20_004])
  expect(factors.filter(([name]) => name.endsWith('factor')).map(([, value]) => value)).toEqual(
    Array(4).fill('3'),
  )
  expect(factors.filter(([name]) => !name.endsWith('factor')).map(([, value]) => value)).toEqual(
    Array(3).fill('2'),
  )
})

test('a node of a cluster has a controller of its own, and knows the others', () => {
  const properties = kafkaProperties({ ...node, id: 2, controllerPorts: [20_002, 20_003] })
  expect(properties['node.id']).toBe('2')
  expect(properties.listeners).toBe('BROKER://127.0.0.1:20001,CONTROLLER://127.0.0.1:20003')
  expect(properties['controller.quorum.voters']).toBe('1@127.0.0.1:20002,2@127.0.0.1:20003')
})

test('a properties file has one setting a line', () => {
  const text = propertiesText({ 'node.id': '1', 'log.dirs': '/a/kafka' })
  expect(text).toBe('node.id=1\nlog.dirs=/a/kafka\n')
})

test('the image takes the same settings from its environment', () => {
  expect(propertiesEnvironment({ 'auto.create.topics.enable': 'false' })).toEqual({
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  })
})

test('a copied log folder becomes that of a node of its own', () => {
  const text = 'node.id=1\ndirectory.id=old\nversion=1\ncluster.id=old\n'
  const identity = { clusterId: 'new', nodeId: 2, directoryId: 'other' }
  expect(withIdentity(text, identity)).toBe(
    'node.id=2\ndirectory.id=other\nversion=1\ncluster.id=new\n',
  )
})
