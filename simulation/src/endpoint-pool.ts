import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import { AppError } from '@coffer/errors/app-error'
import { type EndpointObserver, silentEndpointObserver } from '@coffer/evm/endpoint-observer'
import { type Endpoints, openEndpoints } from '@coffer/evm/endpoints'
import { isHappening } from './coverage.ts'
import { faultyNode } from './faulty-node.ts'
import type { SimulatedNode } from './nodes.ts'
import type { Room } from './room.ts'
import type { Process } from './schedule.ts'

/** Short ones, as a turn is a millisecond and not much happens in one. */
const LIMITS = {
  requestTimeoutMs: 500,
  probeTimeoutMs: 200,
  pinTimeoutMs: 2_500,
  probeMs: 500,
  rounds: 2,
  failuresMax: 3,
  openMs: 100,
  openMsMax: 800,
}

/** The nodes as one process reaches them: the real pool of endpoints, by the time of its turns. */
export function endpointPool(
  room: Room,
  { process, nodes }: { process: Process; nodes: readonly SimulatedNode[] },
): Endpoints {
  const { random } = room
  return openEndpoints({
    chain: CHAIN,
    clients: nodes.map((node) => ({ rpc: faultyNode(room, { node, process }) })),
    observer: countingObserver(room, process),
    clock: process.clock,
    random: () => random.below(1_000) / 1_000,
    limits: LIMITS,
  })
}

const countingObserver = ({ coverage, trace, violations }: Room, { name }: Process) =>
  ({
    ...silentEndpointObserver,
    failed(endpoint, failure, error) {
      coverage.saw(`endpoint: ${failure}` as 'endpoint: disproved')
      const happening = `scan: ${error instanceof AppError ? error.code : 'unknown'}`
      if (isHappening(happening)) coverage.saw(happening)
      trace.say(`${name}: ${endpoint} failed: ${error}`)
    },
    circuitMoved(endpoint, to) {
      coverage.saw(to === 'open' ? 'endpoint: left alone' : 'endpoint: asked again')
      trace.say(`${name}: ${endpoint} is ${to}`)
    },
    wentBack: () => coverage.saw('endpoint: head went back'),
    foreign: (endpoint, served) => {
      violations.push(`I11: ${endpoint} is taken for a node of chain ${served}`)
    },
  }) satisfies EndpointObserver
