import { stackUrls } from '@coffer/testkit/stack-urls'
import { describe } from 'vitest'
import { kafkaConsumerContract } from '../testing/kafka-consumer-contract.ts'
import { kafkaUnderTest } from '../testing/kafka-under-test.ts'
import { CONTRACT_TOPICS, messagingContract } from '../testing/messaging-contract.ts'
import { sharingContract } from '../testing/sharing-contract.ts'
import { kafkaConsumer } from './kafka-consumer.ts'
import { kafkaProducer } from './kafka-producer.ts'

const kafkajs = { producer: kafkaProducer, consumer: kafkaConsumer }

describe('Kafka keeps the contract of the messaging ports:', () => {
  const open = () => kafkaUnderTest(stackUrls().KAFKA_BROKERS, CONTRACT_TOPICS, {}, kafkajs)
  messagingContract(open)
  sharingContract(open)
})

describe('the consumer with kafkajs', () => {
  kafkaConsumerContract(kafkajs)
})
