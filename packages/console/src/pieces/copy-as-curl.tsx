import { Button, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconTerminal2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Request } from '../api/request.ts'
import css from './copy-as-curl.module.css'
import { curlOf } from './curl-of.ts'

/**
 * Copies the request behind a screen as a cURL command. In a narrow panel or on a narrow screen only its picture is
 * shown.
 */
export function CopyAsCurl({ request, isNarrow = false }: { request: Request; isNarrow?: boolean }) {
  const { t } = useTranslation('pieces')
  const clipboard = useClipboard({ timeout: 1_500 })
  const Sign = clipboard.copied ? IconCheck : IconTerminal2
  return (
    <Tooltip label={t('copyCurlHint')} multiline maw={280}>
      <Button
        variant="subtle"
        color="gray"
        className={css.button ?? ''}
        data-narrow={isNarrow || undefined}
        aria-label={t('copyCurl')}
        onClick={() => clipboard.copy(curlOf(request, window.location.origin))}
      >
        <Sign size={16} stroke={1.5} aria-hidden />
        <span className={css.word}>{clipboard.copied ? t('copied') : t('copyCurl')}</span>
      </Button>
    </Tooltip>
  )
}
