import type { KeyAnswer } from '@affluent/protocol/endpoints/keys'
import { SCOPES } from '@affluent/protocol/scope'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { May } from '../../pieces/may.tsx'
import { Section, TwoLines } from '../../pieces/section.tsx'
import { NewKey } from './new-key.tsx'
import { RevokeKey } from './revoke-key.tsx'
import { RotateKey } from './rotate-key.tsx'

const EVERY_MS = 30_000

/** The API keys of this workspace: made, replaced, revoked. */
export function KeySettings() {
  const { t } = useTranslation('team')
  const { data, error, refetch } = useGet(api('GET /v1/keys'), { everyMs: EVERY_MS })
  const [isCreating, creating] = useDisclosure(false)
  const [rotated, setRotated] = useState<KeyAnswer | undefined>()
  const [going, setGoing] = useState<KeyAnswer | undefined>()
  return (
    <Section
      title={t('keys.title')}
      lead={t('keys.lead')}
      action={
        <May to="keys:edit">
          <Button variant="default" onClick={creating.open}>
            {t('keys.add')}
          </Button>
        </May>
      }
    >
      <DataTable
        label={t('keys.title')}
        rows={data?.keys}
        rowKey={({ id }) => id}
        error={error}
        onRetry={refetch}
        empty={<EmptyState icon={IconKey} title={t('keys.none')} lead={t('keys.noneLead')} />}
        columns={[
          { key: 'name', head: t('keys.columns.name'), cell: (key) => <Name apiKey={key} /> },
          {
            key: 'scopes',
            head: t('keys.columns.scopes'),
            isWideOnly: true,
            cell: ({ scopes }) =>
              scopes.length === SCOPES.length
                ? t('keys.all')
                : scopes.map((scope) => t(`keys.scope.${scope}`)).join(', '),
          },
          {
            key: 'used',
            head: t('keys.columns.used'),
            width: 116,
            cell: ({ lastUsedAt }) => <Instant at={lastUsedAt} />,
          },
          {
            key: 'end',
            head: t('keys.columns.end'),
            width: 120,
            isWideOnly: true,
            cell: ({ expiresAt }) =>
              expiresAt === null ? (
                <span className="quiet">{t('keys.noEnd')}</span>
              ) : (
                <Instant at={expiresAt} />
              ),
          },
          {
            key: 'act',
            head: t('keys.columns.act'),
            width: 76,
            cell: (key) => (
              <div className="row" style={{ gap: 4 }}>
                <Tooltip label={t('keys.rotate', { name: key.name })}>
                  <ActionIcon
                    size="sm"
                    aria-label={t('keys.rotate', { name: key.name })}
                    onClick={() => setRotated(key)}
                  >
                    <IconRefresh size={14} stroke={1.5} />
                  </ActionIcon>
                </Tooltip>
                <Tooltip label={t('keys.revoke', { name: key.name })}>
                  <ActionIcon
                    size="sm"
                    aria-label={t('keys.revoke', { name: key.name })}
                    onClick={() => setGoing(key)}
                  >
                    <IconTrash size={14} stroke={1.5} />
                  </ActionIcon>
                </Tooltip>
              </div>
            ),
          },
        ]}
      />
      <NewKey opened={isCreating} onClose={creating.close} />
      {rotated !== undefined && <RotateKey apiKey={rotated} onClose={() => setRotated(undefined)} />}
      {going !== undefined && <RevokeKey apiKey={going} onClose={() => setGoing(undefined)} />}
    </Section>
  )
}

function Name({ apiKey: { name, prefix, fromEnvironment } }: { apiKey: KeyAnswer }) {
  const { t } = useTranslation('team')
  // two keys may have one name: how they begin stands below
  const label = <TwoLines name={name} below={prefix === null ? null : <code>{prefix}…</code>} />
  return fromEnvironment ? (
    <Tooltip label={t('keys.fromEnvironment')}>
      <span>{label}</span>
    </Tooltip>
  ) : (
    label
  )
}
