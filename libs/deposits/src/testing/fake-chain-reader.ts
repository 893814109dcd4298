import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import type { TraceMethod } from '@coffer/evm/chain-config'
import { type Confirmations, isTag } from '@coffer/evm/confirmations'
import { jsonRpcChainReader, type RpcSource } from '../adapters/json-rpc-chain-reader.ts'
import type { ChainReader } from '../ports.ts'
import type { FakeChain } from './fake-chain.ts'

/** The real reader, which believes nothing unproven, on the node of a fake chain. */
export const fakeChainReader = (
  { rpc }: Pick<FakeChain, 'rpc'>,
  confirmations: Confirmations | readonly Confirmations[],
  traceMethod?: TraceMethod,
): ChainReader => provingReader({ pin: (work) => work(rpc) }, confirmations, traceMethod)

/** The same on a fake chain of which blocks are read by their logs. */
export const fakeLogsReader = ({ rpc }: Pick<FakeChain, 'rpc'>): ChainReader =>
  provingReader({ pin: (work) => work(rpc) }, [], 'logs')

/** The same on any endpoints; blocks are read with traces, or by their logs. */
export const provingReader = (
  source: RpcSource,
  confirmations: Confirmations | readonly Confirmations[],
  reads?: TraceMethod | 'logs',
): ChainReader =>
  jsonRpcChainReader(source, {
    tags: [confirmations].flat().filter(isTag),
    proof: WHOLE_PROOF,
    ...(reads === 'logs' ? { byLogs: true } : reads ? { traceMethod: reads } : {}),
  })
