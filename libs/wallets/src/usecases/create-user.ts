import { parseExternalId } from '../domain/external-id.ts'
import type { Owners } from '../ports.ts'

/**
 * Makes a user of `tenant`. The same external id always answers the same user of it, so a caller
 * may repeat the request until it hears the answer. Throws `ExternalIdError`.
 */
export function createUser(owners: Owners) {
  return (externalId: string | undefined, tenant: string | null) =>
    owners.create(externalId === undefined ? undefined : parseExternalId(externalId), tenant)
}
