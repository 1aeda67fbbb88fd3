import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asJson, asParts } from './audience-draft.ts'
import css from './builder.module.css'
import type { DraftEditor } from './use-draft.ts'

/** Between the builder and its JSON; undo and redo. */
export function BuilderBar({ editor }: { editor: DraftEditor }) {
  const { t } = useTranslation('audiences')
  const { draft, change } = editor
  const [isRefused, setRefused] = useState(false)
  const isJson = draft.json !== null
  const choose = (view: string) => {
    if (view === 'json') return change(asJson)
    const parts = asParts(draft)
    setRefused(parts === undefined)
    if (parts !== undefined) change(() => parts)
  }
  const isTooRich = isJson && (isRefused || asParts(draft) === undefined)
  return (
    <>
      <div className={css.bar}>
        <SegmentedControl
          size="xs"
          aria-label={t('builder.views')}
          data={[
            { value: 'builder', label: t('builder.builderView') },
            { value: 'json', label: t('builder.jsonView') },
          ]}
          value={isJson ? 'json' : 'builder'}
          onChange={choose}
        />
        <span className="grow" />
        <Tooltip label={`${t('builder.undo')} (Ctrl Z)`}>
          <ActionIcon
            size="lg"
            aria-label={t('builder.undo')}
            disabled={!editor.canUndo}
            onClick={editor.undo}
          >
            <IconArrowBackUp size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={`${t('builder.redo')} (Ctrl Shift Z)`}>
          <ActionIcon
            size="lg"
            aria-label={t('builder.redo')}
            disabled={!editor.canRedo}
            onClick={editor.redo}
          >
            <IconArrowForwardUp size={18} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </div>
      {isTooRich && draft.json?.trim() !== '' && <p className="note">{t('builder.jsonOnly')}</p>}
    </>
  )
}
