import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'
import { freshHome } from './coffer-under-test.ts'
import { processesOf, runCoffer, startRun, untilGone } from './run-coffer.ts'

const SMALL = ['demo', '--json', '--users', '10', '--count', '60']

/** Five orders are paid, 1 % of each is kept, one is given back, and what is on chain withdrawn. */
const TUSD = { symbol: 'TUSD', paid: '125000000', withdrawn: '98750000', left: '0' }
const ETH = { symbol: 'ETH', paid: '50000000000000000', withdrawn: '39500000000000000', left: '0' }
const USD = { symbol: 'USD', paid: '24500', withdrawn: '0', left: '19355' }

test('the demo ends in agreement, and its last line says so', async () => {
  const { code, stdout, stderr } = await runCoffer([...SMALL, '--home', await freshHome('demo')])

  expect(code, stderr).toBe(0)
  const verdict = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>
  const repeats = Number(verdict['duplicatesSeen'])
  expect(verdict).toEqual({
    agree: true,
    depositsOnChain: 72,
    eventsInKafka: 72 + repeats,
    duplicatesSeen: repeats,
    credits: 72,
    lost: [],
    unfounded: [],
    assets: ['ETH', 'TUSD', 'TTKN'].map((symbol) => expect.objectContaining({ symbol })),
    payments: { shops: expect.any(Array), differences: [] },
  })
  const { shops } = verdict['payments'] as { shops: Record<string, unknown>[] }
  expect(shops).toEqual([
    expect.objectContaining({ ...TUSD, agrees: true }),
    expect.objectContaining({ ...ETH, agrees: true }),
    expect.objectContaining({ ...USD, agrees: true }),
  ])
  // The crash repeats the 12 events of block 100, and its rescan does so again.
  expect(repeats).toBeGreaterThanOrEqual(24)
  for (const { onChain, inLedger } of verdict['assets'] as Record<string, string>[]) {
    expect(inLedger).toBe(onChain)
  }
})

test('Ctrl-C in the midst of the demo leaves nothing running', async () => {
  const home = await freshHome('demo')
  await using demo = startRun([...SMALL, '--home', home])
  const isUnderWay = () => demo.told().includes('2. The scanner is killed')
  await waitFor(isUnderWay, { what: 'the demo to be under way', timeoutMs: 120_000 })
  const processes = processesOf(home)

  const code = await demo.interrupt()

  expect(code).toBe(130)
  expect(processes.length).toBeGreaterThan(7)
  await untilGone(processes)
})
