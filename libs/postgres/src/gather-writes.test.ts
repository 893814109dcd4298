import type { ClientBase } from 'pg'
import { expect, test } from 'vitest'
import { gatherWrites } from './gather-writes.ts'

/** A connection that tells what was asked, and when what waited is let go. */
function connection({ refuses = false } = {}) {
  const told: string[] = []
  const stream = { cork: () => told.push('hold'), uncork: () => told.push('send') }
  const query = (text: string) => {
    if (refuses) throw new Error('refused')
    told.push(text)
  }
  const client = { connection: { stream }, query }
  gatherWrites(client as unknown as ClientBase)
  return { told, query: (text: string) => client.query(text) }
}

test('what is asked without waiting is sent at once, and what comes later by itself', async () => {
  const { told, query } = connection()

  query('one')
  await Promise.resolve().then(() => query('two'))
  await new Promise(setImmediate)
  query('three')
  await new Promise(setImmediate)

  expect(told).toEqual(['hold', 'one', 'two', 'send', 'hold', 'three', 'send'])
})

test('a refusal holds up nothing', async () => {
  const { told, query } = connection({ refuses: true })

  expect(() => query('one')).toThrow('refused')
  await new Promise(setImmediate)

  expect(told).toEqual(['hold', 'send'])
})
