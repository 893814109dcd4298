import { describe } from 'vitest'
import { messageLogContract } from '../testing/message-log-contract.ts'
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

describe('the memory broker shows what it holds:', () => {
  messageLogContract(async () => {
    const broker = memoryBroker({ partitions: 3 })
    return { producer: broker.producer(), log: broker.log, async [Symbol.asyncDispose]() {} }
  })
})
