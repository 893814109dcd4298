import { expect, test } from 'vitest'
import { withClusterId } from './kafka-folder.ts'
import { kafkaProperties, propertiesEnvironment, propertiesText } from './kafka-properties.ts'

const address = {
  host: '127.0.0.1',
  port: 20_001,
  controllerPort: 20_002,
  directory: '/a/kafka',
}

test('clients are told an address on 127.0.0.1, wherever the broker listens', () => {
  const properties = kafkaProperties({ ...address, host: '0.0.0.0' })
  expect(properties.listeners).toBe('BROKER://0.0.0.0:20001,CONTROLLER://127.0.0.1:20002')
  expect(properties['advertised.listeners']).toBe('BROKER://127.0.0.1:20001')
  expect(properties['controller.quorum.voters']).toBe('1@127.0.0.1:20002')
})

test('no topic of the broker itself asks for more brokers than there are', () => {
  const factors = Object.entries(kafkaProperties(address)).filter(([name]) =>
    /replication\.factor$|min\.isr$|min\.insync/.test(name),
  )
  expect(factors.length).toBeGreaterThan(4)
  expect(factors.filter(([, value]) => value !== '1')).toEqual([])
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

test('a copied log folder becomes a cluster of its own', () => {
  const text = 'version=1\ncluster.id=old\nnode.id=1\n'
  expect(withClusterId(text, 'new')).toBe('version=1\ncluster.id=new\nnode.id=1\n')
})
