import {
  Button,
  type MantineColorScheme,
  SegmentedControl,
  TextInput,
  useMantineColorScheme,
} from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { useChangeMember, useSession } from '../../api/session.ts'
import { type Language, speak } from '../../app/language.ts'
import { LANGUAGES } from '../../app/languages.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './settings-room.module.css'

const SCHEMES: readonly MantineColorScheme[] = ['auto', 'light', 'dark']

/** Name, language and appearance. */
export function MemberSettings() {
  const { t, i18n } = useTranslation(['settings', 'shell'])
  const { member } = useSession()
  const change = useChangeMember()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [languageId, schemeId] = [useId(), useId()]
  const language = useMutation<void, ApiError, Language>({
    mutationFn: async (chosen) => {
      await speak(chosen)
      await change({ language: chosen })
    },
  })
  return (
    <section className={css.section} aria-labelledby="settings-member">
      <h2 id="settings-member">{t('member.title')}</h2>
      <div className={css.form}>
        <NameForm />
        <TextInput
          label={t('member.email')}
          description={t('member.emailHint')}
          value={member.email}
          readOnly
        />
        <div>
          <div id={languageId} className={css.label}>
            {t('member.language')}
          </div>
          <SegmentedControl
            aria-labelledby={languageId}
            value={i18n.language}
            onChange={(chosen) => language.mutate(chosen === 'fr' ? 'fr' : 'en')}
            data={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
          />
          <p className="note">{t('member.languageHint')}</p>
          <ErrorNote error={language.error} />
        </div>
        <div>
          <div id={schemeId} className={css.label}>
            {t('member.scheme')}
          </div>
          <SegmentedControl
            aria-labelledby={schemeId}
            value={colorScheme}
            onChange={(chosen) => setColorScheme(SCHEMES.find((one) => one === chosen) ?? 'auto')}
            data={SCHEMES.map((value) => ({ value, label: t(`shell:member.schemes.${value}`) }))}
          />
          <p className="note">{t('member.schemeHint')}</p>
        </div>
      </div>
    </section>
  )
}

function NameForm() {
  const { t } = useTranslation(['settings', 'pieces'])
  const { member } = useSession()
  const change = useChangeMember()
  const [name, setName] = useState(member.name)
  const save = useMutation<void, ApiError>({ mutationFn: () => change({ name: name.trim() }) })
  const isChanged = name.trim() !== member.name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isChanged && name.trim() !== '') save.mutate()
  }
  return (
    <form onSubmit={submit} className="stack">
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <TextInput
          className="grow"
          label={t('member.name')}
          description={t('member.nameHint')}
          autoComplete="name"
          value={name}
          error={name.trim() === '' ? t('member.nameMissing') : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          mt={24}
          disabled={!isChanged || name.trim() === ''}
          loading={save.isPending}
        >
          {save.isSuccess && !isChanged ? t('pieces:saved') : t('pieces:save')}
        </Button>
      </div>
      <ErrorNote error={save.error} />
    </form>
  )
}
