import { type Speaker, speakerOf } from '@affluent/core/sentence/speaker'
import { useMemo } from 'react'
import { api } from '../api/request.ts'
import { useGet } from '../api/use-get.ts'
import { useFormats } from '../app/formats.ts'

/** A speaker of the member's language that knows the audiences of the workspace by name. */
export function useSpeaker(): Speaker {
  const { language, zone } = useFormats()
  const { data } = useGet(api('GET /v1/audiences'), { freshMs: 30_000 })
  return useMemo(() => {
    const names = new Map(data?.audiences.map(({ key, name }) => [key, name]))
    return speakerOf(language, zone, (key) => names.get(key) ?? key)
  }, [language, zone, data])
}
