import type { AudienceAnswer } from '@affluent/protocol/api'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGet } from '../api/use-get.ts'
import { useFormats } from '../app/formats.ts'
import type { Speaker } from './speaker.ts'

/** A speaker of the member's language that knows the audiences of the workspace by name. */
export function useSpeaker(): Speaker {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const { data } = useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', { freshMs: 30_000 })
  return useMemo(() => {
    const names = new Map(data?.audiences.map(({ key, name }) => [key, name]))
    return { t, formats, nameOf: (key) => names.get(key) ?? key }
  }, [t, formats, data])
}
