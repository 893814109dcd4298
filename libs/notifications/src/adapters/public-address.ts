import ipaddr from 'ipaddr.js'

/**
 * Whether `address` is one of the internet's, so that a request to it reaches nobody who trusts
 * this machine or its network. IPv6 counts in its global range alone, and without what carries an
 * IPv4 address inside, since a gateway may lead from there to anywhere.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  const blocked = parsed.kind() === 'ipv4' ? NOT_PUBLIC_V4 : NOT_PUBLIC_V6
  if (blocked.some((range) => parsed.match(range))) return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_V6)
}

const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3')

// What the library calls unicast, or may come to: stated here so that an update can't open it.
// https://www.iana.org/assignments/iana-ipv4-special-registry
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Answers inside a cloud, though it looks like any other address of the internet.
  '168.63.129.16/32',
].map((range) => ipaddr.parseCIDR(range))

// https://www.iana.org/assignments/iana-ipv6-special-registry
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((range) =>
  ipaddr.parseCIDR(range),
)
