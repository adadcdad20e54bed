// What frames every signed-in page: brand, ways to other pages, a quiet bar when something is wrong, settings.
import { ActionIcon, Button, Menu, SegmentedControl, Switch, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { api } from '../api'
import type { Me } from '../generated/messages'
import { useWords } from '../words'
import { Icon } from './icons'
import css from './kit.module.css'
import { follow, usePath } from './navigation'

type Props = {
  me: Me
  /** Called with the account after a preference changed. */
  onMe?: (me: Me) => void
  notice?: ReactNode
  onSignOut: () => void
  onShortcuts?: () => void
  extra?: ReactNode
  children: ReactNode
}

export function Shell({ me, onMe, notice, onSignOut, onShortcuts, extra, children }: Props) {
  const { words } = useWords()
  const path = usePath()
  return (
    <div className={css.shell}>
      <header className={css.bar}>
        <a className="skip" href="#content">{words.app.skip}</a>
        <a className={css.brand} href="/" onClick={follow} aria-label={words.app.name}><img src="/icon.svg" alt="" width="26" height="26" /><span className={css.wide}>Huduma</span></a>
        <nav className={css.nav} aria-label={words.app.name}>
          {me.agent_id !== null && <a href="/agent" onClick={follow} aria-current={path === '/agent' ? 'page' : undefined}>{words.app.desk}</a>}
          {me.role !== 'agent' && <a href="/supervisor" onClick={follow} aria-current={path === '/supervisor' ? 'page' : undefined}>{words.board.title}</a>}
          {me.role !== 'agent' && <a href="/words" onClick={follow} aria-current={path === '/words' ? 'page' : undefined}>{words.labels.nav}</a>}
        </nav>
        {me.demonstration && <span className={`chip warn ${css.demo}`}>{words.app.demonstration}</span>}
        <div className={css.right}>
          {extra}
          <LanguageChoice />
          {onShortcuts && <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.settings.shortcuts} onClick={onShortcuts}><Icon name="keyboard" /></ActionIcon>}
          <SettingsMenu me={me} onMe={onMe} onSignOut={onSignOut} />
        </div>
      </header>
      <div>{notice}</div>
      <main id="content" className={css.content} tabIndex={-1}>{children}</main>
    </div>
  )
}

export function Notice({ bad, children }: { bad?: boolean; children: ReactNode }) {
  return <div className={`${css.notice} ${bad ? css.bad : ''}`} role="status"><Icon name="warn" size={16} />{children}</div>
}

export function LanguageChoice() {
  const { words, language, speak } = useWords()
  return (
    <SegmentedControl size="xs" aria-label={words.language.label} value={language} onChange={(value) => speak(value as 'en' | 'sw')}
      data={[{ value: 'en', label: <span lang="en" title="English">EN<span className="sr">glish</span></span> }, { value: 'sw', label: <span lang="sw" title="Kiswahili">SW<span className="sr"> Kiswahili</span></span> }]} />
  )
}

export function ThemeChoice() {
  const { words } = useWords()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <SegmentedControl size="xs" fullWidth aria-label={words.theme.label} value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}
      data={[{ value: 'auto', label: words.theme.auto }, { value: 'light', label: words.theme.light }, { value: 'dark', label: words.theme.dark }]} />
  )
}

function SettingsMenu({ me, onMe, onSignOut }: Pick<Props, 'me' | 'onMe' | 'onSignOut'>) {
  const { words } = useWords()
  const save = async (on: boolean) => onMe?.(await api.preferences({ auto_answer: on }))
  return (
    <Menu width={300} position="bottom-end" trapFocus>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="sm" aria-label={`${words.settings.open}: ${me.name}`} leftSection={<Icon name="person" />} rightSection={<Icon name="down" size={14} />}>
          <span className={css.wide}>{me.name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div style={{ padding: '8px 12px', display: 'grid', gap: 12 }}>
          <div><strong>{me.name}</strong><div className="quiet small">{me.username}{me.extension && ` · ${me.extension}`}</div></div>
          <div><div className="label" style={{ marginBottom: 4 }}>{words.theme.label}</div><ThemeChoice /></div>
          {me.agent_id !== null && onMe && <Switch checked={me.auto_answer} onChange={(event) => void save(event.currentTarget.checked)} label={words.settings.autoAnswer} />}
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" />} onClick={onSignOut}>{words.settings.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
