import { WHOLE_PROOF } from '@coffer/evm/block-proof'
import type { TraceMethod } from '@coffer/evm/chain-config'
import { type Confirmations, isTag } from '@coffer/evm/confirmations'
import { jsonRpcChainReader } from '../adapters/json-rpc-chain-reader.ts'
import type { ChainReader } from '../ports.ts'
import type { FakeChain } from './fake-chain.ts'

/** The real reader, which believes nothing unproven, on the node of a fake chain. */
export const fakeChainReader = (
  { rpc }: Pick<FakeChain, 'rpc'>,
  confirmations: Confirmations | readonly Confirmations[],
  traceMethod?: TraceMethod,
): ChainReader =>
  jsonRpcChainReader(
    { pin: (work) => work(rpc) },
    {
      tags: [confirmations].flat().filter(isTag),
      proof: WHOLE_PROOF,
      ...(traceMethod ? { traceMethod } : {}),
    },
  )
