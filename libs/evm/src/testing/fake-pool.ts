import { AppError } from '@coffer/errors/app-error'
import { parseChainId } from '@coffer/money/chain-id'
import { onTestFinished } from 'vitest'
import type { EndpointObserver } from '../endpoint-observer.ts'
import { type Endpoints, openEndpoints } from '../endpoints.ts'
import type { PoolLimits } from '../pinned-work.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { type FakeRpc, fakeRpc } from './fake-rpc.ts'

export type FakePool = {
  pool: Endpoints
  clock: FakeClock
  a: FakeRpc
  b: FakeRpc
  c: FakeRpc
  /** What the observer was told, one line each; without requests that succeeded. */
  told: string[]
}

/**
 * A pool of endpoints in memory, `a` to `c` or the first of them, of which the earlier is the
 * better by weight.
 */
export function fakePool(size: 1 | 2 | 3 = 3, limits: Partial<PoolLimits> = {}): FakePool {
  const clock = fakeClock()
  const [a, b, c] = [fakeRpc('a'), fakeRpc('b'), fakeRpc('c')]
  const told: string[] = []
  const pool = openEndpoints({
    chain: parseChainId('eip155:1'),
    clients: [
      { rpc: a, weight: 100 },
      { rpc: b, weight: 10 },
      { rpc: c, weight: 1 },
    ].slice(0, size),
    observer: tellingObserver(told),
    clock,
    random: () => 0.5,
    limits,
  })
  onTestFinished(() => pool[Symbol.asyncDispose]())
  return { pool, clock, a, b, c, told }
}

function tellingObserver(told: string[]): EndpointObserver {
  return {
    requested: () => undefined,
    failed: (endpoint, failure) => told.push(`${endpoint} failed: ${failure}`),
    circuitMoved: (endpoint, to) => told.push(`${endpoint} is ${to}`),
    wentBack: (endpoint, { from, to }) => told.push(`${endpoint} went from ${from} to ${to}`),
    foreign: (endpoint, served) => told.push(`${endpoint} serves ${served}`),
    disagreed: (endpoint, said, agreed) => told.push(`${endpoint} said ${said}, not ${agreed}`),
  }
}

/** What a reader throws when an answer can't be true. */
export class ReaderError extends AppError {
  readonly code = 'READER'

  constructor() {
    super('This can not be true.', { retry: 'retry' })
  }
}
