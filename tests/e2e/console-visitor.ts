import type { Coffer } from '@coffer/cli/start-coffer'
import type { Page } from 'playwright-core'

export const DESKTOP = { width: 1_280, height: 800 }
export const PHONE = { width: 390, height: 844 }

/** Pages that show what there is, by the heading that says that they are there. */
export const PAGES = [
  ['/overview', 'Overview'],
  ['/chains', 'Chains'],
  ['/deposits', 'Deposits'],
  ['/owners', 'Owners'],
  ['/ledger', 'Ledger'],
  ['/withdrawals', 'Withdrawals'],
  ['/merchants', 'Merchants'],
  ['/orders', 'Orders'],
  ['/payments', 'Payments'],
  ['/settlements', 'Settlements'],
  ['/webhooks', 'Webhooks'],
  ['/analytics', 'Analytics'],
  ['/reconciliation', 'Reconciliation'],
  ['/dead-letters', 'Dead letters'],
  ['/keys', 'API keys'],
  ['/audit', 'Audit log'],
] as const

/** Signs in at the console's own door. */
export async function signIn(page: Page, { apiUrl, apiKey }: Pick<Coffer, 'apiUrl' | 'apiKey'>) {
  await page.goto(`${apiUrl}/console/`)
  await page.getByLabel('API key').fill(apiKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('#content').waitFor()
}

/** Goes to a page without leaving the one document, as a link does. */
export async function goTo(page: Page, path: string, heading: string) {
  const to = JSON.stringify(`/console${path}`)
  await page.evaluate(
    `history.pushState({}, '', ${to}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  // What is being fetched says so, and is gone when it is there.
  await page.waitForFunction(
    () => (globalThis as unknown as Browsed).document.querySelector('.loading') === null,
  )
}

/** What a function finds that runs in the browser. */
type Browsed = { document: { querySelector(what: string): unknown } }
