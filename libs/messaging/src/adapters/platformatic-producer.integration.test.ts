import { describe } from 'vitest'
import { kafkaProducerContract } from '../testing/kafka-producer-contract.ts'
import { platformaticConsumer } from './platformatic-consumer.ts'
import { platformaticProducer } from './platformatic-producer.ts'

describe('the producer with @platformatic/kafka', () => {
  kafkaProducerContract({ producer: platformaticProducer, consumer: platformaticConsumer })
})
