import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '@coffer/devstack/free-port'
import { afterEach, expect, test } from 'vitest'
import { collectGarbage, inspectedAt } from './collect-garbage.ts'

/**
 * Tells how much it holds whenever it is asked; what it was first asked about is garbage from then
 * on, of a kind that lives long.
 */
const WASTEFUL = `
  let waste = Array.from({ length: 1_000_000 }, (_, at) => ({ at }))
  process.on('message', () => {
    process.send(process.memoryUsage().heapUsed)
    waste = undefined
  })
  process.send('made')`

let children: AsyncDisposableStack | undefined
afterEach(() => children?.disposeAsync())

test('a process holds no garbage any more', async () => {
  const { port, child } = await start()
  const before = await held(child)

  expect(await collectGarbage(port)).toBe(true)

  expect(await held(child)).toBeLessThan(before / 4)
})

test('one that is paused is left alone', async () => {
  const { port, child } = await start()

  child.kill('SIGSTOP')

  expect(await collectGarbage(port)).toBe(false)
})

test('one that has ended is left alone', async () => {
  expect(await collectGarbage(await freePort())).toBe(false)
})

async function start() {
  const port = await freePort()
  children = new AsyncDisposableStack()
  const child = spawn(process.execPath, ['--eval', WASTEFUL], {
    env: inspectedAt(port),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  children.defer(async () => {
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  await once(child, 'message')
  return { port, child }
}

/** What the process holds, bytes. */
async function held(child: ReturnType<typeof spawn>): Promise<number> {
  child.send('how much?')
  const [bytes] = await once(child, 'message')
  return bytes
}
