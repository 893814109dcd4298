import { startAnvil } from '@coffer/devstack/start-anvil'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { startTcpProxy, type TcpProxy } from '@coffer/testkit/tcp-proxy'
import { waitFor } from '@coffer/testkit/wait-for'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type NewHeadsOptions, newHeads } from './new-heads.ts'

const resources = new AsyncDisposableStack()
let nodeUrl: string
beforeAll(async () => {
  nodeUrl = resources.use(await startAnvil({ arguments: ['--no-mining'] })).url
})
afterAll(() => resources[Symbol.asyncDispose]())

test('tells of each new head', async () => {
  const { heads } = await listening({ silentMs: 60_000 })
  const before = heads()

  await anvilClient(nodeUrl).mine(3)

  await waitFor(() => heads() >= before + 3, { what: 'three hints' })
})

test('connects again when the connection is lost, and says so once', async () => {
  const { proxy, heads, lost } = await listening({ silentMs: 60_000 })

  proxy.resetAll()
  await waitFor(() => lost().length > 0, { what: 'the loss to be told' })
  const before = heads()
  await mineUntil(() => heads() > before)

  expect(lost()).toEqual([`127.0.0.1:${proxy.port}`])
})

test('connects again when nothing is heard though the connection is open', async () => {
  const { proxy, heads, lost } = await listening({ silentMs: 300 })

  const deaf = proxy.add(() => [], 'down')
  await waitFor(() => lost().length > 0, { what: 'the silence to be noticed' })
  deaf.remove()
  const before = heads()

  await mineUntil(() => heads() > before)
})

test('stops at once where nobody answers, not even a goodbye', async () => {
  const { proxy, stop } = await listening({ silentMs: 60_000 })
  proxy.add(() => [])

  expect(await stop()).toBe(undefined)
})

test('goes on trying an endpoint that is not there', async () => {
  const proxy = resources.use(await startTcpProxy({ port: 1 }))
  const { lost, stop } = listen({ url: `ws://127.0.0.1:${proxy.port}`, onHead: () => undefined })

  await waitFor(() => lost().length > 0, { what: 'the absence to be told' })

  expect(lost()).toHaveLength(1)
  await stop()
})

/** Listens to the node through a proxy, and has heard of a head. */
async function listening({ silentMs }: Required<Pick<NewHeadsOptions, 'silentMs'>>) {
  const proxy: TcpProxy = await startTcpProxy({ port: Number(new URL(nodeUrl).port) })
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  let heard = 0
  const onHead = () => {
    heard += 1
  }
  const listened = listen({ url: `ws://127.0.0.1:${proxy.port}`, onHead, silentMs })
  await mineUntil(() => heard > 0)
  return { proxy, heads: () => heard, ...listened }
}

function listen(options: NewHeadsOptions) {
  const stopping = new AbortController()
  const endpoints: string[] = []
  const onLost = (endpoint: string) => endpoints.push(endpoint)
  const work = newHeads({ ...options, onLost })(stopping.signal)
  const stop = async () => {
    stopping.abort()
    await work
  }
  onTestFinished(stop)
  return { lost: () => endpoints, stop }
}

const mineUntil = (isHeard: () => boolean) =>
  waitFor(
    async () => {
      await anvilClient(nodeUrl).mine()
      return isHeard()
    },
    { what: 'a hint' },
  )
