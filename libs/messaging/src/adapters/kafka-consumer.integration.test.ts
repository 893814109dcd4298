import { stackUrls } from '@coffer/testkit/stack-urls'
import { describe } from 'vitest'
import { kafkaConsumerContract } from '../testing/kafka-consumer-contract.ts'
import { kafkaUnderTest, topicUnderTest } from '../testing/kafka-under-test.ts'
import { CONTRACT_TOPIC, messagingContract } from '../testing/messaging-contract.ts'
import { kafkaConsumer } from './kafka-consumer.ts'
import { kafkaProducer } from './kafka-producer.ts'

const kafkajs = { producer: kafkaProducer, consumer: kafkaConsumer }

describe('Kafka keeps the contract of the messaging ports:', () => {
  messagingContract(() =>
    kafkaUnderTest(stackUrls().KAFKA_BROKERS, [topicUnderTest(CONTRACT_TOPIC)], {}, kafkajs),
  )
})

describe('the consumer with kafkajs', () => {
  kafkaConsumerContract(kafkajs)
})
