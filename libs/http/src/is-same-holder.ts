/** Whether two names of holders are one person's: case, form and outer spaces tell nobody apart. */
export const isSameHolder = (one: string, other: string): boolean => plain(one) === plain(other)

const plain = (name: string): string => name.normalize('NFKC').trim().toLowerCase()
