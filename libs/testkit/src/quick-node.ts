import { nodeArguments } from '@coffer/devstack/node-arguments'

/** Where processes of this run keep what they have compiled, if they do. */
const { NODE_COMPILE_CACHE } = process.env

/** How Node starts as soon as it can: its first arguments, and what its environment needs. */
export const quickNode: { args: readonly string[]; env: Readonly<Record<string, string>> } = {
  args: nodeArguments,
  env: NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE },
}
