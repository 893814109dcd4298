/**
 * Which are watched of the addresses whose 40 hex digits begin at these places of `bytes`: the
 * indexes of their places, ascending. Asking for many at once costs a fraction of one by one.
 */
export type AmongWatched = (bytes: Uint8Array, places: readonly number[]) => readonly number[]

/** Whether one address, in lower case, is watched. */
type IsWatched = (address: string) => boolean

/** Answers for many by asking for each. */
export function oneByOne(isWatched: IsWatched): AmongWatched {
  return (bytes, places) =>
    places.flatMap((place, index) => {
      const digits = String.fromCharCode(...bytes.subarray(place, place + ADDRESS_TEXT - 2))
      return isWatched(`0x${digits.toLowerCase()}`) ? [index] : []
    })
}

/** Those of `payments` that pay somebody who is watched, in their order: asks for all at once. */
export function paymentsAmong<T extends { to: string }>(
  payments: readonly T[],
  { isWatched, among }: { isWatched: IsWatched; among: AmongWatched },
): readonly T[] {
  if (payments.length === 0) return payments
  const bytes = new TextEncoder().encode(payments.map(({ to }) => to).join(''))
  const areAddresses = payments.every(({ to }) => isAddressText(to))
  // Only a node that lies names somebody who has no address.
  if (!areAddresses || bytes.length !== payments.length * ADDRESS_TEXT) {
    return payments.filter(({ to }) => isWatched(to))
  }
  const found = among(
    bytes,
    payments.map((_, index) => index * ADDRESS_TEXT + 2),
  )
  return found.map((index) => payments[index] as T)
}

/** Characters of an address with its `0x`. */
const ADDRESS_TEXT = 42

const isAddressText = (text: string) => text.length === ADDRESS_TEXT && text.startsWith('0x')
