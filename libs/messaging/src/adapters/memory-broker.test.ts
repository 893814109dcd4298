import { describe } from 'vitest'
import { messagingContract } from '../testing/messaging-contract.ts'
import { sharingContract } from '../testing/sharing-contract.ts'
import { memoryBroker } from './memory-broker.ts'

describe('the memory broker keeps the contract of the messaging ports:', () => {
  const open = async () => {
    const broker = memoryBroker({ partitions: 3 })
    return {
      producer: broker.producer(),
      consumer: broker.consumer,
      async [Symbol.asyncDispose]() {},
    }
  }
  messagingContract(open)
  sharingContract(open)
})
