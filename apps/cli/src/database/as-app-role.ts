import { connectingAs } from '@coffer/grants/connecting-as'
import type { GrantedApps } from '@coffer/grants/grant-apps'
import { roleOf } from '@coffer/grants/role-of'

/**
 * The setting that has an app connect as its role, which the driver knows by itself; none where
 * whoever connects may not become it.
 */
export const asAppRole = (app: string, { usable }: GrantedApps): Record<string, string> =>
  usable.includes(roleOf(app)) ? { PGOPTIONS: connectingAs(app) } : {}
