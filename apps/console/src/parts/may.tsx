import type { ReactNode } from 'react'
import { useMay } from '../access.ts'

/** What only those see who may do it. The API refuses everybody else all the same. */
export function May({ scope, children }: { scope: string; children: ReactNode }) {
  return useMay()(scope) ? children : null
}
