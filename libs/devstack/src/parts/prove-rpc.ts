/** Asks an EVM node which chain it serves. */
export async function proveRpc(url: string): Promise<{ chainId: bigint }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    signal: AbortSignal.timeout(5_000),
  })
  const answer: unknown = await response.json()
  const chainId = (answer as { result?: unknown } | null)?.result
  if (typeof chainId !== 'string') {
    throw new Error(`Expected a chain id, got ${JSON.stringify(answer).slice(0, 200)}.`)
  }
  return { chainId: BigInt(chainId) }
}
