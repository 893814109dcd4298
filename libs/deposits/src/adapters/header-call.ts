import type { RpcCall } from '@coffer/evm/json-rpc'

/** Asks for the header at a height or a tag, with the hashes of its transactions. */
export const headerCall = (at: bigint | string): RpcCall => ({
  method: 'eth_getBlockByNumber',
  params: [typeof at === 'bigint' ? `0x${at.toString(16)}` : at, false],
})
