import { Option } from 'commander'

/** `--home`, or COFFER_HOME: the folder of a Coffer that is or was started here. */
export const homeOption = (description: string): Option =>
  new Option('--home <folder>', description).env('COFFER_HOME').default('.coffer')
