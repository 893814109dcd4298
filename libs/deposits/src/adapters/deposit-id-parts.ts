/** `eip155:1:0xabc…:log:3` is chain `eip155:1`, hash `abc…` and position `log:3`. */
export function partsOfDepositId(depositId: string): {
  chain: string
  txHash: string
  position: string
} {
  const [namespace = '', reference = '', txHash = '', ...position] = depositId.split(':')
  return {
    chain: `${namespace}:${reference}`,
    txHash: txHash.replace(/^0x/, ''),
    position: position.join(':'),
  }
}
