import { describe } from 'vitest'
import { kafkaProducerContract } from '../testing/kafka-producer-contract.ts'
import { kafkaConsumer } from './kafka-consumer.ts'
import { kafkaProducer } from './kafka-producer.ts'

describe('the producer with kafkajs', () => {
  kafkaProducerContract({ producer: kafkaProducer, consumer: kafkaConsumer })
})
