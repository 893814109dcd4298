export type PolicyManifest = {
  /** Where it is, such as `libs/money`; '' is the root. */
  folder: string
  dependencies?: Readonly<Record<string, string>>
  devDependencies?: Readonly<Record<string, string>>
}

export type LockedPackage = { path: string; hasInstallScript?: boolean; link?: boolean }

export type Policy = {
  manifests: readonly PolicyManifest[]
  locked: readonly LockedPackage[]
  /** Whether a package may run a script when it is installed, by its name. */
  allowScripts: Readonly<Record<string, boolean>>
}

/** `1.2.3` or `1.2.3-beta.4`: what one gets today and in a year. */
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Every dependency that is a range, and every install script about which nothing was decided. */
export function policyProblems({ manifests, locked, allowScripts }: Policy): string[] {
  const scripted = locked
    .filter(({ hasInstallScript, link }) => hasInstallScript && !link)
    .map(({ path }) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
  const undecided = [...new Set(scripted)].filter((name) => allowScripts[name] === undefined)
  const idle = Object.keys(allowScripts).filter((name) => !scripted.includes(name))
  return [
    ...manifests.flatMap(rangeProblems),
    ...undecided.map(
      (name) =>
        `${name} wants to run a script when it is installed. Read the script, then say true or ` +
        'false of it in allowScripts of package.json.',
    ),
    ...idle.map((name) => `allowScripts names ${name}, which has no script to run. Take it out.`),
  ]
}

function rangeProblems({ folder, dependencies, devDependencies }: PolicyManifest): string[] {
  const file = folder === '' ? 'package.json' : `${folder}/package.json`
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `${file} wants ${name} ${version}. Expected an exact version.`)
}
