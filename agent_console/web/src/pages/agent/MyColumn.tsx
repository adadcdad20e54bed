// Left: my state as one large control, my phone, my day.
import { Button, Menu } from '@mantine/core'
import { clock, since, until } from '../../live/durations'
import type { Outcome, PauseReason } from '../../generated/messages'
import type { Request } from '../../live/link'
import { Icon } from '../../kit/icons'
import { useNow } from '../../kit/now'
import { inLanguage, useWords, type Language } from '../../words'
import type { Words } from '../../words/en'
import css from './agent.module.css'
import { PhoneLine } from './PhoneLine'
import type { Desk } from './useDesk'

type Props = { desk: Desk; request: (request: Request) => Promise<Outcome>; reasons: PauseReason[] }

export function reasonText(code: string, reasons: PauseReason[], words: Words, language: Language): string {
  const known = reasons.find((reason) => reason.code === code)
  if (known) return inLanguage(known.title, language)
  return code in words.reason ? words.reason[code as keyof Words['reason']] : code
}

export function MyColumn({ desk, request, reasons }: Props) {
  const { words, language } = useWords()
  const { live } = desk
  const now = useNow(live.clockOffset)
  const me = live.me
  if (!me) return null
  const counting = me.state === 'wrap_up' && me.wrap_up_until ? until(me.wrap_up_until, now) : since(me.since, now)
  const why = me.state === 'paused' && me.reason ? reasonText(me.reason, reasons, words, language) : null
  const hint = me.state === 'ready' ? words.state.readyHint : me.reason === 'missed' ? words.state.missedHint : me.state === 'paused' ? words.state.pausedHint : null
  const becomeReady = () => {
    if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission()
    void request({ what: 'ready' })
  }
  return (
    <>
      <div className={`${css.state} ${css[me.state] ?? ''}`}>
        <p className={css.stateName}><span className={css.dot} aria-hidden="true" />{words.state[me.state]}</p>
        <p className={css.stateClock}><span className="num">{clock(counting)}</span>{me.state === 'wrap_up' && <span className={css.left}>{words.wrapUp.left}</span>}</p>
        {why && <p className={css.why}>{why}</p>}
        {hint && <p className={css.hint}>{hint}</p>}
      </div>
      <div className={css.switch}>
        {me.state !== 'ready' && me.state !== 'calling' && me.state !== 'on_call' && me.state !== 'offered' && (
          <Button size="lg" fullWidth leftSection={<Icon name="play" />} onClick={becomeReady} disabled={live.link !== 'live'}>{words.state.goReady}</Button>
        )}
        <Menu position="bottom-start" width="target">
          <Menu.Target>
            <Button size={me.state === 'ready' ? 'lg' : 'md'} fullWidth variant="default" leftSection={<Icon name="pause" />} rightSection={<Icon name="down" size={16} />} disabled={live.link !== 'live' || reasons.length === 0}>{words.state.pause}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{words.state.pauseWhy}</Menu.Label>
            {reasons.map((reason) => <Menu.Item key={reason.code} onClick={() => void request({ what: 'pause', reason: reason.code })}>{inLanguage(reason.title, language)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
        {me.pending_pause && (
          <p className={css.pending}><Icon name="clock" size={15} />{words.state.pauseAfter(reasonText(me.pending_pause, reasons, words, language))}{' '}
            <button type="button" className="linklike" onClick={() => void request({ what: 'ready' })}>{words.state.takeBack}</button></p>
        )}
      </div>
      <PhoneLine desk={desk} />
      <div className={css.today}>
        <h2 className="label">{words.today.title}</h2>
        <dl>
          <div><dt>{words.today.answered}</dt><dd>{me.answered_today}</dd></div>
          <div><dt title={words.today.handlingLong}>{words.today.handling}</dt><dd>{me.handling_today_s === null ? '–' : clock(me.handling_today_s)}</dd></div>
          <div><dt>{words.today.missed}</dt><dd className={me.missed_today > 0 ? css.attention : ''}>{me.missed_today}</dd></div>
        </dl>
      </div>
    </>
  )
}
