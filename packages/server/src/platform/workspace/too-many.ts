/** There are as many as there may be. */
export class TooMany extends Error {
  override readonly name = 'TooMany'
}
