import { registerHooks } from 'node:module'

/**
 * Loaded ahead of a program (`node --import`), it finds Drizzle's modules without Node's help, who
 * would parse the 180 KB of its package.json for each import anew: half of what a process of ours
 * takes to start. See docs/decisions/0051-drizzle-is-found-once.md.
 */

const PACKAGE = 'drizzle-orm'

type Resolved = ReturnType<typeof resolveOnce>

/** By what is imported: one version of it is installed, whoever imports it. */
const found = new Map<string, Resolved>()

function resolveOnce(url: string) {
  return { url, format: 'module', shortCircuit: true }
}

registerHooks({
  resolve(specifier, context, next) {
    if (!context.conditions.includes('import')) return next(specifier, context)
    if (specifier === PACKAGE || specifier.startsWith(`${PACKAGE}/`)) {
      const known = found.get(specifier) ?? resolveOnce(next(specifier, context).url)
      found.set(specifier, known)
      return known
    }
    // Its own modules name one another by their files.
    const isOwn = context.parentURL?.includes(`/node_modules/${PACKAGE}/`) === true
    if (isOwn && specifier.startsWith('.') && specifier.endsWith('.js')) {
      return resolveOnce(new URL(specifier, context.parentURL).href)
    }
    return next(specifier, context)
  },
})
