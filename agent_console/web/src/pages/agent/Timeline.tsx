// Everything between a citizen and the government, over all channels, newest first.
import { useState } from 'react'
import type { TimelineItem } from '../../generated/messages'
import { Icon, type IconName } from '../../kit/icons'
import { day, timeOfDay } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './citizen.module.css'

type Channel = TimelineItem['channel']
const icons: Record<Channel, IconName> = { call: 'phone', centre: 'building', web: 'globe', mobile: 'mobile', payment: 'money' }

export function Timeline({ items, zone, openCase }: { items: TimelineItem[]; zone: string; openCase?: (id: number) => void }) {
  const { words } = useWords()
  const [only, setOnly] = useState<Channel | null>(null)
  const present = (Object.keys(icons) as Channel[]).filter((channel) => items.some((item) => item.channel === channel))
  const shown = only ? items.filter((item) => item.channel === only) : items
  return (
    <section className={css.block} aria-labelledby="history">
      <h3 id="history" className="label">{words.citizen.history}</h3>
      {items.length === 0 && <p className="quiet">{words.citizen.noHistory}</p>}
      {present.length > 1 && (
        <div className={css.filters} role="group" aria-label={words.citizen.history}>
          <button type="button" aria-pressed={only === null} onClick={() => setOnly(null)}>{words.citizen.all}</button>
          {present.map((channel) => <button key={channel} type="button" aria-pressed={only === channel} onClick={() => setOnly(only === channel ? null : channel)}><Icon name={icons[channel]} size={14} />{words.channel[channel]}</button>)}
        </div>
      )}
      <TimelineList items={shown} zone={zone} openCase={openCase} />
    </section>
  )
}

export function TimelineList({ items, zone, openCase }: { items: TimelineItem[]; zone: string; openCase?: (id: number) => void }) {
  const { words, language } = useWords()
  return (
    <ol className={css.timeline}>
      {items.map((item, n) => (
        <li key={n}>
          <span className={css.mark} title={words.channel[item.channel]}><Icon name={icons[item.channel]} size={15} /></span>
          <div>
            <p className="quiet small"><span className="num">{day(item.at, language, zone)} {timeOfDay(item.at, zone)}</span> · {item.kind === 'call_out' ? words.callOut.made : item.kind === 'call_out_not_reached' ? words.callOut.missed : words.channel[item.channel]}{item.author && ` · ${item.author}`}</p>
            <p><strong>{inLanguage(item.title, language)}</strong></p>
            {item.text && !Object.values(item.title).includes(item.text) && <p className={css.text}>{item.text}</p>}
            {item.case_id !== null && openCase && <button type="button" className="linklike small" onClick={() => openCase(item.case_id!)}>{words.wrapUp.caseLabel}</button>}
          </div>
        </li>
      ))}
    </ol>
  )
}
