import { createRequire } from 'node:module'

/**
 * The program itself. The package's own `anvil` command is a script around it, which would
 * take our signals in its place.
 */
export function anvilBinary(): string {
  const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const binary = `@foundry-rs/anvil-${process.platform}-${architecture}/bin/anvil`
  return createRequire(wrapper).resolve(binary)
}
