import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconLogout2, IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useMay } from '../../api/use-may.ts'
import { useFormats } from '../../app/formats.ts'
import { DataTable } from '../../pieces/data-table.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { Section, TwoLines } from '../../pieces/section.tsx'
import { useNow } from '../../pieces/use-now.ts'
import { EditMember } from './edit-member.tsx'
import { InviteMember } from './invite-member.tsx'
import { nameOf } from './name-of.ts'
import { RemoveMember } from './remove-member.tsx'
import { ResetPassword } from './reset-password.tsx'
import { RevokeInvitation } from './revoke-invitation.tsx'
import { grantable } from './standing.ts'
import css from './team-room.module.css'

const EVERY_MS = 30_000

/** What is open about one member. */
interface Open {
  readonly what: 'edit' | 'remove' | 'renew' | 'reset' | 'revoke'
  readonly member: MemberAnswer
}

/** The members of this workspace and those who are invited: invited, given another role, removed. */
export function MemberList() {
  const { t } = useTranslation('team')
  const mayEdit = useMay('members:edit')
  const { data, error, refetch } = useGet(api('GET /v1/members'), { everyMs: EVERY_MS })
  const [isInviting, inviting] = useDisclosure(false)
  const [open, setOpen] = useState<Open | undefined>()
  const members = data?.members
  const you = members?.find(({ isYou }) => isYou)
  const active = members?.filter(({ state }) => state === 'active')
  const invited = members?.filter(({ state }) => state === 'invited') ?? []
  const canReach = ({ role }: MemberAnswer) => mayEdit && you !== undefined && grantable(you).includes(role)
  const close = () => setOpen(undefined)
  return (
    <>
      <Section
        title={t('members.title')}
        lead={t('members.lead')}
        action={
          mayEdit && you !== undefined && <Button onClick={inviting.open}>{t('members.invite')}</Button>
        }
      >
        <Members rows={active} error={error} onRetry={refetch} canReach={canReach} onOpen={setOpen} />
        {members?.length === 1 && <p className="quiet">{t('members.alone')}</p>}
      </Section>
      {invited.length > 0 && (
        <Section title={t('invitations.title')} lead={t('invitations.lead')}>
          <Invitations rows={invited} canReach={canReach} onOpen={setOpen} />
        </Section>
      )}
      {you !== undefined && members !== undefined && (
        <>
          {isInviting && <InviteMember by={you} onClose={inviting.close} />}
          {open?.what === 'renew' && <InviteMember by={you} again={open.member} onClose={close} />}
          {open?.what === 'edit' && (
            <EditMember by={you} member={open.member} members={members} onClose={close} />
          )}
          {open?.what === 'remove' && <RemoveMember member={open.member} members={members} onClose={close} />}
          {open?.what === 'reset' && <ResetPassword member={open.member} onClose={close} />}
          {open?.what === 'revoke' && <RevokeInvitation member={open.member} onClose={close} />}
        </>
      )}
    </>
  )
}

interface RowsProps {
  canReach: (member: MemberAnswer) => boolean
  onOpen: (open: Open) => void
}

function Members({
  rows,
  error,
  onRetry,
  canReach,
  onOpen,
}: RowsProps & { rows: readonly MemberAnswer[] | undefined; error: unknown; onRetry: () => unknown }) {
  const { t } = useTranslation(['team', 'roles'])
  return (
    <DataTable
      label={t('team:members.title')}
      rows={rows}
      rowKey={({ id }) => id}
      error={error}
      onRetry={onRetry}
      empty={<EmptyState title={t('team:members.title')} />}
      columns={[
        {
          key: 'name',
          head: t('team:members.columns.name'),
          sortBy: nameOf,
          cell: (member) => (
            <TwoLines
              name={member.isYou ? `${nameOf(member)} (${t('team:members.you')})` : nameOf(member)}
              below={nameOf(member) === member.email ? null : member.email}
            />
          ),
        },
        {
          key: 'role',
          head: t('team:members.columns.role'),
          width: 132,
          sortBy: ({ role }) => t(`roles:names.${role}`),
          cell: ({ role, until }) => (
            <TwoLines name={t(`roles:names.${role}`)} below={until === null ? null : <End at={until} />} />
          ),
        },
        {
          key: 'act',
          head: t('team:members.columns.act'),
          width: 104,
          cell: (member) =>
            canReach(member) && (
              <span className="row" style={{ gap: 4 }}>
                <Act
                  label={t('team:members.edit', { name: nameOf(member) })}
                  icon={IconPencil}
                  onClick={() => onOpen({ what: 'edit', member })}
                />
                {!member.isYou && (
                  <Act
                    label={t('team:members.reset', { name: nameOf(member) })}
                    icon={IconKey}
                    onClick={() => onOpen({ what: 'reset', member })}
                  />
                )}
                <Act
                  label={
                    member.isYou
                      ? t('team:members.leave')
                      : t('team:members.remove', { name: nameOf(member) })
                  }
                  icon={member.isYou ? IconLogout2 : IconTrash}
                  onClick={() => onOpen({ what: 'remove', member })}
                />
              </span>
            ),
        },
      ]}
    />
  )
}

function Invitations({ rows, canReach, onOpen }: RowsProps & { rows: readonly MemberAnswer[] }) {
  const { t } = useTranslation(['team', 'roles'])
  const formats = useFormats()
  const now = useNow()
  return (
    <DataTable
      label={t('team:invitations.title')}
      rows={rows}
      rowKey={({ id }) => id}
      empty={null}
      columns={[
        {
          key: 'email',
          head: t('team:invitations.columns.email'),
          cell: ({ email, invitedUntil }) => (
            <TwoLines
              name={email}
              below={
                invitedUntil !== null && new Date(invitedUntil).getTime() <= now ? (
                  <span className={css.ended}>{t('team:invitations.past')}</span>
                ) : (
                  invitedUntil !== null && t('team:invitations.good', { day: formats.day(invitedUntil) })
                )
              }
            />
          ),
        },
        {
          key: 'role',
          head: t('team:invitations.columns.role'),
          width: 132,
          cell: ({ role, until }) => (
            <TwoLines name={t(`roles:names.${role}`)} below={until === null ? null : <End at={until} />} />
          ),
        },
        {
          key: 'act',
          head: t('team:invitations.columns.act'),
          width: 76,
          cell: (member) =>
            canReach(member) && (
              <span className="row" style={{ gap: 4 }}>
                <Act
                  label={t('team:invitations.renew', { email: member.email })}
                  icon={IconRefresh}
                  onClick={() => onOpen({ what: 'renew', member })}
                />
                <Act
                  label={t('team:invitations.revoke', { email: member.email })}
                  icon={IconTrash}
                  onClick={() => onOpen({ what: 'revoke', member })}
                />
              </span>
            ),
        },
      ]}
    />
  )
}

/** When a role ends, or that it has. */
function End({ at }: { at: string }) {
  const { t } = useTranslation('team')
  const formats = useFormats()
  const now = useNow()
  const day = formats.day(at)
  return new Date(at).getTime() <= now ? (
    <span className={css.ended}>{t('members.ended', { day })}</span>
  ) : (
    <span>{t('members.untilDay', { day })}</span>
  )
}

function Act({ label, icon: Sign, onClick }: { label: string; icon: typeof IconTrash; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} onClick={onClick}>
        <Sign size={14} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  )
}
