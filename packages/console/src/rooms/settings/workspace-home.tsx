import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useEdit } from '../../api/use-edit.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useWorkspaces, type Workspace } from '../../api/workspaces.ts'
import { ChangedMeanwhile, type Difference } from '../../pieces/changed-meanwhile.tsx'
import { CopyAsCurl } from '../../pieces/copy-as-curl.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './settings-room.module.css'

/** Where the workspace is at home: its zone, its currency, and the country that completes telephone numbers. */
export function WorkspaceHome() {
  const here = useWorkspace()
  const workspace = useWorkspaces().find(({ slug }) => slug === here)
  return workspace === undefined ? null : <Form key={workspace.slug} workspace={workspace} />
}

function Form({ workspace }: { workspace: Workspace }) {
  const { t, i18n } = useTranslation('settings')
  const kept = homeOf(workspace)
  const [home, setHome] = useState(kept)
  const request = api('PUT /v1/workspaces/{slug}', { params: { slug: workspace.slug }, body: home })
  const [version, setVersion] = useState(workspace.version)
  const [isSaved, setSaved] = useState(false)
  const edit = useEdit(['/v1/workspaces'], version, setVersion)
  const countries = useMemo(() => namesOf('region', COUNTRIES, i18n.language), [i18n.language])
  const currencies = useMemo(
    () => namesOf('currency', Intl.supportedValuesOf('currency'), i18n.language),
    [i18n.language],
  )
  const zones = useMemo(
    () => [...new Set(['UTC', workspace.zone, ...Intl.supportedValuesOf('timeZone')])],
    [workspace.zone],
  )
  const nameIn = (choices: typeof countries, code: string | null) =>
    choices.find(({ value }) => value === code)?.label ?? code ?? t('home.none')
  const differenceOf = (label: string, show: (from: Home) => string): Difference[] =>
    show(home) === show(kept) ? [] : [{ label, mine: show(home), theirs: show(kept) }]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setSaved(false)
    edit.save(request, () => setSaved(true))
  }
  return (
    <section className={css.section} aria-labelledby="settings-home">
      <div>
        <h2 id="settings-home">{t('home.title', { name: workspace.name })}</h2>
        <p className="quiet">{t('home.lead')}</p>
      </div>
      <form className={css.form} onSubmit={submit}>
        <TextInput
          label={t('home.name')}
          description={t('home.nameHint')}
          value={home.name}
          onChange={(event) => setHome({ ...home, name: event.currentTarget.value })}
          required
        />
        <Select
          label={t('home.country')}
          description={t('home.countryHint')}
          placeholder={t('home.none')}
          data={countries}
          value={home.country}
          onChange={(country) => setHome({ ...home, country })}
          searchable
          clearable
        />
        <Select
          label={t('home.zone')}
          description={t('home.zoneHint')}
          data={zones}
          value={home.zone}
          onChange={(zone) => setHome({ ...home, zone: zone ?? home.zone })}
          searchable
          allowDeselect={false}
        />
        <Select
          label={t('home.currency')}
          description={t('home.currencyHint')}
          placeholder={t('home.none')}
          data={currencies}
          value={home.currency}
          onChange={(currency) => setHome({ ...home, currency })}
          searchable
          clearable
        />
        <ErrorNote error={edit.error} />
        <ChangedMeanwhile
          edit={edit}
          differences={[
            ...differenceOf(t('home.name'), ({ name }) => name),
            ...differenceOf(t('home.country'), ({ country }) => nameIn(countries, country)),
            ...differenceOf(t('home.zone'), ({ zone }) => zone),
            ...differenceOf(t('home.currency'), ({ currency }) => nameIn(currencies, currency)),
          ]}
          onTake={() => setHome(kept)}
        />
        <div className="row">
          <Button type="submit" loading={edit.isBusy}>
            {t('home.save')}
          </Button>
          <span role="status" className="note">
            {isSaved && t('home.saved')}
          </span>
          <span className="grow" />
          <CopyAsCurl request={request} />
        </div>
      </form>
    </section>
  )
}

type Home = Pick<Workspace, 'name' | 'country' | 'zone' | 'currency'>

function homeOf({ name, country, zone, currency }: Workspace): Home {
  return { name, country, zone, currency }
}

/** Every code that names a country in the member's language: the browser knows them by name only. */
const COUNTRIES = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((first) =>
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((second) => first + second),
)
/** Regions that are no countries with telephones of their own. */
const NO_COUNTRY = new Set([
  'EU',
  'EZ',
  'UN',
  'QO',
  'XA',
  'XB',
  'ZZ',
  'AQ',
  'BV',
  'CP',
  'DG',
  'EA',
  'GS',
  'HM',
  'IC',
  'TF',
  'UM',
  'PN',
  'CQ',
])

function namesOf(type: 'region' | 'currency', codes: readonly string[], language: string) {
  const names = new Intl.DisplayNames(language, { type, fallback: 'none' })
  return codes
    .flatMap((value) => {
      const name = NO_COUNTRY.has(value) && type === 'region' ? undefined : names.of(value)
      return name === undefined ? [] : [{ value, label: `${name} (${value})` }]
    })
    .toSorted((a, b) => a.label.localeCompare(b.label, language))
}
