import { type StackUrls, startStack } from '@coffer/devstack/start-stack'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    stackUrls: StackUrls
  }
}

/** Starts the parts that all integration tests share, tells tests their URLs, ends them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startStack({ parts: ['postgres', 'kafka', 'redis'] })
  project.provide('stackUrls', stack.urls)
  return async () => await stack[Symbol.asyncDispose]()
}
