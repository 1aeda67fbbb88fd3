/** What the child tells its parent. Never query text or values: they hold personal data. */
export type ChildMessage =
  | { readonly kind: 'ready'; readonly openedMs: number }
  | { readonly kind: 'failed'; readonly reason: string }

/** What the parent tells its child. */
export type ParentMessage = { readonly kind: 'stop' }
