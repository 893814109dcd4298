import type { PreparedRoles } from './prepare-database.ts'
import { roleOf } from './role-of.ts'

/**
 * What has each connection of an app begin as the app's role, so that nothing is asked of the
 * database for it later: `PGOPTIONS`, which the driver knows by itself. Nothing where whoever
 * connects may not become the role.
 */
export function asAppRole(app: string, { usable }: PreparedRoles): Record<string, string> {
  const role = roleOf(app)
  return usable.includes(role) ? { PGOPTIONS: `-c role=${role}` } : {}
}
