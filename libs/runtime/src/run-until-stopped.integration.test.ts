import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const runUntilStopped = JSON.stringify(new URL('run-until-stopped.ts', import.meta.url).href)

/** Until it is told to stop, and then as long as `afterwards` takes. */
const piece = (name: string, afterwards = '') => `async (signal) => {
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  ${afterwards}
  console.log('${name} ended')
}`
const HANGS = 'await new Promise((resolve) => setTimeout(resolve, 3_600_000))'

test.each(['SIGTERM', 'SIGINT'] as const)('%s lets every piece of work finish', async (signal) => {
  const run = await start(`await runUntilStopped([${piece('one')}, ${piece('two')}])`)

  run.child.kill(signal)

  expect(await run.ended).toEqual({ code: 0, signal: null, output: 'one ended\ntwo ended\n' })
})

test('a piece that throws stops the others, and its error ends the process', async () => {
  const failing = `async () => { throw new Error('out of disk') }`
  const run = await start(`await runUntilStopped([${failing}, ${piece('other')}])`)

  expect(await run.ended).toEqual({ code: 1, signal: null, output: 'other ended\n' })
})

test('a piece that ends by itself stops the others', async () => {
  const run = await start(`await runUntilStopped([async () => {}, ${piece('other')}])`)

  expect(await run.ended).toEqual({ code: 0, signal: null, output: 'other ended\n' })
})

test('work that cannot stop in time is cut off with exit status 75', async () => {
  const run = await start(`await runUntilStopped([${piece('stuck', HANGS)}], { graceMs: 50 })`)

  run.child.kill('SIGTERM')

  expect(await run.ended).toEqual({ code: 75, signal: null, output: '' })
})

test('work that cannot stop in time is cut off also when another piece threw', async () => {
  const failing = `async () => { throw new Error('out of disk') }`
  const run = await start(
    `await runUntilStopped([${failing}, ${piece('stuck', HANGS)}], { graceMs: 50 })`,
  )

  expect(await run.ended).toEqual({ code: 75, signal: null, output: '' })
  expect(await run.errors).toContain('out of disk')
})

test('a second signal ends the process at once', async () => {
  const run = await start(`await runUntilStopped([${piece('stuck', `say('stopping'); ${HANGS}`)}])`)
  run.child.kill('SIGTERM')
  await said(run.child, 'stopping')

  run.child.kill('SIGINT')

  expect(await run.ended).toEqual({ code: 130, signal: null, output: '' })
})

/** A process that runs `body`. What it says is told by its `message` events. */
async function start(body: string) {
  const source = `
    import { runUntilStopped } from ${runUntilStopped}
    const say = (text) => process.send(text)
    // What a socket does in a real process: it keeps it alive.
    const open = setInterval(() => undefined, 3_600_000)
    const running = (async () => { ${body} })()
    say('running')
    await running.finally(() => {
      clearInterval(open)
      process.disconnect()
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = text(child.stdout as Readable)
  const errors = text(child.stderr as Readable)
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    return { code, signal, output: await output }
  })
  await said(child, 'running')
  return { child, ended, errors }
}

async function said(child: ChildProcess, words: string): Promise<void> {
  const [message] = await once(child, 'message')
  expect(message).toBe(words)
}
