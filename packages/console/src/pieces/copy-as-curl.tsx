import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconTerminal2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Request } from '../api/call.ts'
import { curlOf } from './curl-of.ts'

/** Copies the request behind a screen as a cURL command. */
export function CopyAsCurl({ request }: { request: Request }) {
  const { t } = useTranslation('pieces')
  const clipboard = useClipboard({ timeout: 1_500 })
  const Sign = clipboard.copied ? IconCheck : IconTerminal2
  return (
    <Tooltip label={clipboard.copied ? t('copied') : t('copyCurlHint')} multiline maw={280}>
      <ActionIcon
        size="lg"
        aria-label={t('copyCurl')}
        onClick={() => clipboard.copy(curlOf(request, window.location.origin))}
      >
        <Sign size={16} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  )
}
