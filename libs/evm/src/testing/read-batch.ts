import { type JsonRpc, RpcUnavailableError } from '../json-rpc.ts'

/** {@link JsonRpc.read} of an endpoint in memory: it writes the body that a server would send. */
export function readBatch(name: string, batch: JsonRpc['batch']): JsonRpc['read'] {
  return async (calls, read) => {
    const answers = await batch(calls)
    const body = answers.map((result, id) => ({ jsonrpc: '2.0', id, result }))
    const results = read(Buffer.from(JSON.stringify(body)), calls)
    if (results) return results
    const got = 'an answer of another kind'
    throw new RpcUnavailableError(name, { what: 'it', got, kind: 'malformed' })
  }
}
