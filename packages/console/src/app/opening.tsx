import { LoadingRows } from '../pieces/loading-rows.tsx'
import css from './shell.module.css'

/** While a room is being loaded. */
export function Opening() {
  return <LoadingRows rows={8} />
}

/** While the session is being read: the frame that stands around every room, still without content. */
export function OpeningFrame() {
  return (
    <div className={css.shell}>
      <div className={css.side} />
      <div className={css.top} />
      <div className={css.main}>
        <div className={css.content}>
          <Opening />
        </div>
      </div>
    </div>
  )
}
