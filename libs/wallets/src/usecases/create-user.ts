import { parseExternalId } from '../domain/external-id.ts'
import type { Owners } from '../ports.ts'

/**
 * Makes a user. The same external id always answers the same user, so a caller may repeat the
 * request until it hears the answer. Throws `ExternalIdError`.
 */
export function createUser(owners: Owners) {
  return (externalId: string | undefined) =>
    owners.create(externalId === undefined ? undefined : parseExternalId(externalId))
}
