// Says once, to eyes elsewhere and to screen readers, that a call comes in or that the state changed.
import { useEffect, useRef, useState } from 'react'
import type { LiveState } from '../../live/state'
import type { PhoneState } from '../../phone/machine'
import { useWords } from '../../words'

export function Announcements({ live, phone }: { live: LiveState; phone: PhoneState }) {
  const { words } = useWords()
  const [said, setSaid] = useState('')
  const { me, call } = live
  const offered = me?.state === 'offered' && call ? call : null
  const who = offered && (offered.citizen.name ?? offered.citizen.number ?? words.call.withheld)
  const offerText = offered && who ? words.call.said(who, words.language[offered.language]) : null
  const stateText = me ? words.state[me.state] : ''
  const before = useRef(stateText)

  useEffect(() => {
    if (offerText) setSaid(offerText)
    else if (before.current !== stateText) setSaid(stateText)
    before.current = stateText
  }, [offerText, stateText])

  useEffect(() => {
    document.title = offerText ? `☎ ${who} · ${words.call.incoming}` : `${stateText || words.call.region} · Huduma`
  }, [offerText, who, stateText, words])

  useEffect(() => {
    if (!offerText || !('Notification' in window) || Notification.permission !== 'granted' || document.hasFocus()) return
    const notification = new Notification(words.call.incoming, { body: offerText, tag: 'huduma-offer', icon: '/icon.svg' })
    notification.onclick = () => {
      window.focus()
      notification.close()
    }
    return () => notification.close()
  }, [offerText, words])

  const phoneText = phone.call?.muted ? words.call.muted : phone.call?.held ? words.call.held : ''
  return <><p className="sr" aria-live="assertive">{said}</p><p className="sr" aria-live="polite">{phoneText}</p></>
}
