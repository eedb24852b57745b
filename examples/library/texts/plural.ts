/** A sentence that counts. `{n}` is the number. The library's four languages need no other forms (CLDR plural rules). */
export interface Plural {
  readonly one: string;
  readonly other: string;
}

/** The same sentences, in another language. */
export type Translation<T> = {
  readonly [Key in keyof T]: T[Key] extends string ? string : Plural;
};
