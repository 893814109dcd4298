import { stackUrls } from '@coffer/testkit/stack-urls'
import { describe } from 'vitest'
import { CONTRACT_TOPICS, messagingContract } from '../testing/messaging-contract.ts'
import { redisUnderTest } from '../testing/redis-under-test.ts'
import { sharingContract } from '../testing/sharing-contract.ts'

const open = () => redisUnderTest(stackUrls().REDIS_URL, CONTRACT_TOPICS)

describe('Redis Streams keep the contract of the messaging ports:', () => {
  messagingContract(open)
  sharingContract(open)
})
