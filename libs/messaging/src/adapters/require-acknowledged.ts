/**
 * Throws unless every partition that got a message has acknowledged it. When a leader moves to a
 * broker that has already answered, kafkajs skips the moved partition in its retry and reports
 * success; nobody should have to trust a client in this.
 */
export function requireAcknowledged(
  sentTo: ReadonlySet<string>,
  acknowledged: ReadonlySet<string>,
): void {
  const missing = [...sentTo].filter((place) => !acknowledged.has(place))
  if (missing.length > 0) throw new Error(`no acknowledgement from ${missing.join(', ')}`)
}
