import { type Stack, type StackUrls, startStack } from '@coffer/devstack/start-stack'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    stackUrls: StackUrls
  }
}

type SharedStack = { started: Promise<Stack>; users: number }

/**
 * Each test project loads this module anew, and they share one stack all the same: that is what
 * `globalThis` is for here.
 */
const shared = globalThis as { cofferTestStack?: SharedStack | undefined }

/** Starts one stack for all projects that need it, tells tests its URLs, ends it with the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.cofferTestStack ??= { started: startStack({ parts: ['postgres', 'kafka'] }), users: 0 }
  const mine = shared.cofferTestStack
  mine.users += 1
  const stack = await mine.started
  project.provide('stackUrls', stack.urls)
  return async () => {
    mine.users -= 1
    if (mine.users > 0) return
    shared.cofferTestStack = undefined
    await stack[Symbol.asyncDispose]()
  }
}
