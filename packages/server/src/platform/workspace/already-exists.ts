/** Something of this name is there already. */
export class AlreadyExists extends Error {
  override readonly name = 'AlreadyExists'
}
