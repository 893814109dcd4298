import { promises as dns, type LookupAddress } from 'node:dns'

/** The addresses of a host. It throws when there are none. */
export type ResolveHost = (host: string) => Promise<LookupAddress[]>

/**
 * Asks name servers, without the machine's own names and without its few threads for them: a name
 * server that hangs holds up nobody else.
 */
export const resolvePublicHost: ResolveHost = async (host) => {
  const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 })
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
  const found = [
    ...(v4.status === 'fulfilled' ? v4.value.map((address) => ({ address, family: 4 })) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((address) => ({ address, family: 6 })) : []),
  ]
  if (found.length === 0 && v4.status === 'rejected') throw v4.reason
  return found
}

/** As every program of this machine finds it, its own names included. */
export const resolveLocalHost: ResolveHost = (host) => dns.lookup(host, { all: true })
