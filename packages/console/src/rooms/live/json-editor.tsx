import { Button, Textarea } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { findJsonFault, type JsonFault } from './find-json-fault.ts'
import css from './json-editor.module.css'

interface JsonEditorProps {
  label: string
  text: string
  onText: (text: string) => void
}

/** A JSON text to edit: says its lines, whether it can be read, and where it cannot. */
export function JsonEditor({ label, text, onText }: JsonEditorProps) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  const field = useRef<HTMLTextAreaElement>(null)
  const fault = findJsonFault(text)
  const lines = text.split('\n').length
  const show = ({ index }: JsonFault) => {
    field.current?.focus()
    field.current?.setSelectionRange(index, Math.min(index + 1, text.length))
  }
  return (
    <div className={css.editor}>
      <Textarea
        ref={field}
        label={label}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        rows={Math.min(Math.max(lines + 1, 6), 18)}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        aria-invalid={fault !== undefined}
        classNames={{ input: css.field ?? '' }}
      />
      <div className={css.foot} role="status">
        {fault === undefined ? (
          <StatusBadge tone="good" plain>
            {t('json.good')}
          </StatusBadge>
        ) : (
          <>
            <StatusBadge tone="bad" plain>
              {t('json.fault', {
                line: fault.line,
                column: fault.column,
                what: t(`json.faults.${fault.kind}`),
              })}
            </StatusBadge>
            <Button size="xs" variant="subtle" onClick={() => show(fault)}>
              {t('json.goThere')}
            </Button>
          </>
        )}
        <span className="grow" />
        <span className="note">{t('json.lines', { count: lines, shown: formats.number(lines) })}</span>
      </div>
    </div>
  )
}
