import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'
import type { JobHandler, JobQueue } from '../ports.ts'

/** What every queue of jobs promises. */
export function jobsContract(open: () => Promise<JobQueue> | JobQueue): void {
  test('gives out each job, also one whose id holds what a queue may think special', async () => {
    await using room = await running(open)
    const ids = ['one', 'payment:2:expire', 'a b/c%3A', '7']

    await room.queue.add(ids.map((id) => ({ id })))

    await waitFor(() => room.handled.length >= ids.length, { what: 'all to be handled' })
    expect(room.handled.toSorted()).toEqual(ids.toSorted())
  })

  test('gives out a job when it is due, and those that are due before it first', async () => {
    await using room = await running(open)
    const dueAt = new Date(Date.now() + 300)

    await room.queue.add([
      { id: 'later', dueAt },
      { id: 'past', dueAt: new Date(0) },
    ])
    await waitFor(() => room.handled.length === 2, { what: 'both to be handled' })

    expect(room.handled).toEqual(['past', 'later'])
    expect(room.handledAtMs.at(1)).toBeGreaterThanOrEqual(dueAt.getTime())
  })

  test('gives out once what is added twice while it waits', async () => {
    await using room = await running(open, { concurrency: 1, held: ['first'] })
    await room.queue.add([{ id: 'first' }])
    await waitFor(() => room.begun.length === 1, { what: 'the first to be begun' })

    await room.queue.add([{ id: 'twice' }])
    await room.queue.add([{ id: 'twice' }, { id: 'last' }])
    room.letGo()

    await waitFor(() => room.handled.includes('last'), { what: 'the last to be handled' })
    expect(room.handled).toEqual(['first', 'twice', 'last'])
  })

  test('gives out once more what is added while it is handled', async () => {
    await using room = await running(open, { held: ['again'] })
    await room.queue.add([{ id: 'again' }])
    await waitFor(() => room.begun.length === 1, { what: 'it to be begun' })

    await room.queue.add([{ id: 'again' }])
    room.letGo()

    await waitFor(() => room.handled.length === 2, { what: 'it to be handled twice' })
    expect(room.handled).toEqual(['again', 'again'])
  })

  test('goes on when a handler fails, and says which', async () => {
    await using room = await running(open, { failing: ['bad'] })

    await room.queue.add([{ id: 'bad' }, { id: 'good' }])

    await waitFor(() => room.handled.includes('good'), { what: 'the good one' })
    await waitFor(() => room.failures.length > 0, { what: 'the failure to be told' })
    expect(room.failures).toEqual(['bad'])
  })

  test('stops when what is under way is done', async () => {
    await using room = await running(open, { held: ['slow'] })
    await room.queue.add([{ id: 'slow' }])
    await waitFor(() => room.begun.length === 1, { what: 'it to be begun' })

    room.stop()
    room.letGo()
    await room.stopped

    expect(room.handled).toEqual(['slow'])
  })
}

type RoomOptions = { concurrency?: number; held?: string[]; failing?: string[] }

/** A queue of which all that is given out is written down. */
async function running(open: () => Promise<JobQueue> | JobQueue, options: RoomOptions = {}) {
  const { concurrency = 2, held = [], failing = [] } = options
  const queue = await open()
  const stopping = new AbortController()
  const gate = Promise.withResolvers<void>()
  const begun: string[] = []
  const handled: string[] = []
  const handledAtMs: number[] = []
  const failures: (string | undefined)[] = []
  const handle: JobHandler = async (id) => {
    begun.push(id)
    if (failing.includes(id)) throw new Error(`${id} cannot be handled`)
    if (held.includes(id)) await gate.promise
    handled.push(id)
    handledAtMs.push(Date.now())
  }
  const onError = (_: unknown, id: string | undefined) => failures.push(id)
  const stopped = queue.run(handle, { concurrency, signal: stopping.signal, onError })
  return {
    queue,
    begun,
    handled,
    handledAtMs,
    failures,
    stopped,
    stop: () => stopping.abort(),
    letGo: () => gate.resolve(),
    async [Symbol.asyncDispose]() {
      gate.resolve()
      stopping.abort()
      await stopped
      await queue[Symbol.asyncDispose]()
    },
  }
}
