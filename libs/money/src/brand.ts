declare const brand: unique symbol

/** `Base` that only the parser of `Name` can make, so that a raw value fails to compile. */
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }
