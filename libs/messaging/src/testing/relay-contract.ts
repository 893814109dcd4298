import type { Message } from '@coffer/events/event'
import type { StepResult } from '@coffer/runtime/poll'
import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'
import type { Producer } from '../ports.ts'
import { message, TOPIC } from './outbox-under-test.ts'

export type RelaysUnderTest = AsyncDisposable & {
  enqueue(messages: readonly Message[]): Promise<void>
  /** A relay of {@link TOPIC}, in batches of two. */
  relay(holder: string, producer: Pick<Producer, 'publish'>): () => Promise<StepResult>
  expireLease(): Promise<unknown>
}

/** What every outbox promises to the relays that read it. */
export function relayContract(open: () => Promise<RelaysUnderTest>): void {
  const published: string[] = []
  const producer: Pick<Producer, 'publish'> = {
    publish: async (messages) => void published.push(...messages.map(({ value }) => value)),
  }
  const opened = async () => {
    published.length = 0
    return await open()
  }
  // A relay in PostgreSQL waits while transactions of others are open there.
  const until = (step: () => Promise<StepResult>, count: number) => {
    const isPublished = async () => {
      await step()
      return published.length >= count
    }
    return waitFor(isPublished, { what: `${count} messages`, intervalMs: 5 })
  }

  test('gives out one topic in the order it was written, and each message once', async () => {
    await using room = await opened()
    await room.enqueue(['a', 'b', 'c'].map((value) => message(value)))
    await room.enqueue([message('other', 'alice', 'another.topic'), message('d')])

    const step = room.relay('one', producer)
    await until(step, 4)

    expect(await step()).toBe('idle')
    expect(published).toEqual(['a', 'b', 'c', 'd'])
  })

  test('gives out again what was not acknowledged', async () => {
    await using room = await opened()
    await room.enqueue([message('a')])
    const failing = {
      publish: async (messages: readonly Message[]) => {
        await producer.publish(messages)
        throw new Error('no acknowledgement')
      },
    }
    const step = room.relay('one', failing)
    await until(() => step().catch(() => 'idle' as const), 1)

    await until(room.relay('one', producer), 2)

    expect(published.slice(-2)).toEqual(['a', 'a'])
  })

  test('gives out again what was not acknowledged, and what was read behind it after it', async () => {
    await using room = await opened()
    await room.enqueue(['a', 'b', 'c', 'd', 'e'].map((value) => message(value)))
    let isFailing = true
    const step = room.relay('one', {
      publish: async (messages) => {
        if (isFailing) throw new Error('no acknowledgement')
        await producer.publish(messages)
      },
    })
    const failed = await waitFor(() => step().then(() => undefined, String), { what: 'a failure' })
    isFailing = false
    await until(step, 5)

    expect(failed).toContain('no acknowledgement')
    expect(published).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('lets one relay at a time have it, and the next one go on where it stood', async () => {
    await using room = await opened()
    await room.enqueue([message('a')])
    await until(room.relay('one', producer), 1)
    await room.enqueue([message('b')])
    const other = room.relay('two', producer)

    expect(await other()).toBe('idle')
    expect(published).toEqual(['a'])

    await room.expireLease()
    await until(other, 2)
    expect(published).toEqual(['a', 'b'])
  })

  test('does not let a relay move on that was overtaken while it published', async () => {
    await using room = await opened()
    await room.enqueue([message('a')])
    const overtaken = room.relay('one', {
      publish: async (messages) => {
        await room.expireLease()
        await until(room.relay('two', producer), 1)
        await producer.publish(messages)
      },
    })
    await until(overtaken, 2)

    expect(await overtaken()).toBe('idle')
    expect(published).toEqual(['a', 'a'])
  })
}
