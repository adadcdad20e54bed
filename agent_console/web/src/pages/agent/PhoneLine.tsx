// My phone's health as one plain sentence.
import { Button } from '@mantine/core'
import { Icon } from '../../kit/icons'
import { useWords } from '../../words'
import type { Words } from '../../words/en'
import css from './agent.module.css'
import type { Desk } from './useDesk'

export function phoneSentence({ phone, health, live }: Pick<Desk, 'phone' | 'health' | 'live'>, words: Words): { text: string; good: boolean } {
  const bad = (text: string) => ({ text, good: false })
  if (phone.microphone === 'refused') return bad(words.phone.micRefused)
  if (phone.microphone === 'missing') return bad(words.phone.micMissing)
  if (phone.line === 'lost') return bad(words.phone.lost)
  if (phone.line === 'refused') return bad(words.phone.refused)
  if (phone.line === 'off') return bad(live.link === 'busy' || live.link === 'taken' ? words.phone.off : words.phone.connecting)
  if (phone.line === 'connecting') return bad(words.phone.connecting)
  if (health && health !== 'good') return bad(words.phone[health])
  return { text: words.phone.good, good: true }
}

export function PhoneLine({ desk }: { desk: Desk }) {
  const { words } = useWords()
  const { text, good } = phoneSentence(desk, words)
  const microphone = desk.phone.microphone === 'refused' || desk.phone.microphone === 'missing'
  return (
    <div className={`${css.phone} ${good ? '' : css.phoneBad}`} data-line={desk.phone.line}>
      <Icon name={good ? 'headset' : 'warn'} />
      <div><p role="status">{text}</p>{microphone && <Button className={css.retry} size="compact-sm" variant="default" onClick={() => void desk.softphone.askForMicrophone()}>{words.phone.micRetry}</Button>}</div>
    </div>
  )
}
