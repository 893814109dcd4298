import type { Message } from '@coffer/events/event'
import type { Producer } from '@coffer/messaging/ports'
import { relayNext } from '@coffer/messaging/relay-next'
import type { MemoryOutbox } from '@coffer/messaging/testing/memory-outbox'
import { faultyCalls } from './faulty-calls.ts'
import { InjectedFault, type Room, strikes } from './room.ts'
import type { Process } from './schedule.ts'

export type RelayProcessOptions = {
  outbox: MemoryOutbox
  producer: Producer
  topic: string
  leaseMs: number
}

/** A relay that publishes what the outbox holds of a topic, until it is killed. */
export const relayProcess =
  (room: Room, { outbox, producer, topic, leaseMs }: RelayProcessOptions) =>
  async (process: Process): Promise<void> => {
    const batchSize = 1 + room.random.below(8)
    const relay = outbox.relay(topic, { holder: process.name, batchSize })
    const step = relayNext({
      outbox: faultyCalls(room, relay, { process, name: 'outbox' }),
      producer: { publish: (messages) => publish(room, { process, producer, messages }) },
      leaseMs,
    })
    for (;;) {
      try {
        if ((await step()) === 'idle') await process.idle()
      } catch (error) {
        if (!(error instanceof InjectedFault)) throw error
        await process.idle()
      }
    }
  }

type Publishing = { process: Process; producer: Producer; messages: readonly Message[] }

async function publish(room: Room, { process, producer, messages }: Publishing): Promise<void> {
  const ids = messages.map(({ headers }) => headers.ce_id).join(' ')
  await process.turn(`publishes ${ids}`)
  if (strikes(room)) {
    room.coverage.saw('relay: broker failed before storing')
    throw new InjectedFault('The broker is away.')
  }
  await producer.publish(messages)
  await process.turn('has published')
  if (strikes(room)) {
    room.coverage.saw('relay: broker failed after storing')
    throw new InjectedFault('The acknowledgement was lost.')
  }
}
