import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What is kept of a run, for people to look at. */
const SHOTS = '.coffer/screenshots'

export const keepShot = (page: Page, name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })

/** How far a page is wider than the window; 0 is as it should be. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')

type AxeResult = {
  violations: { id: string; impact: string | null; nodes: { html: string }[] }[]
}

/** What axe finds that keeps people out: each rule that is broken, and where first. */
export async function barriers(page: Page): Promise<string[]> {
  // As what a developer's tools do, which the page's policy does not forbid.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
}
