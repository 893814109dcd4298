import { type ExternalId, parseExternalId } from './external-id.ts'

/** How a caller names an owner: by its id, or by the external id it was given. */
export type OwnerReference =
  /** A UUID names an owner's id, or else the external id of an owner who has a UUID for one. */
  { text: ExternalId; isUuid: boolean }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Reads what a caller calls an owner by. Throws `ExternalIdError`. */
export function parseOwnerReference(text: string): OwnerReference {
  return { text: parseExternalId(text), isUuid: UUID.test(text) }
}
