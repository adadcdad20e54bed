import type { Board } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useWords } from '../../words'
import css from './board.module.css'

/** Words are understood this late (ms, 95th percentile) and later only when something is wrong. */
const LATE_MS = 400

/** How callers are listened to: by whom, how many, how late; and how today's questions were answered. */
export function SpeechLine({ board }: { board: Board }) {
  const { words } = useWords()
  const t = words.speech
  const { speech } = board
  const asked = speech.by_voice + speech.by_key + speech.not_answered
  const share = (count: number) => (asked ? `${Math.round((100 * count) / asked)} %` : '–')
  const engines = Object.entries(speech.engines)
  const ill = speech.servers.filter((server) => !server.well)
  const late = speech.late_ms !== null && speech.late_ms > LATE_MS
  return (
    <section className={css.speech} aria-label={t.title} data-speech>
      <strong>{t.title}</strong>
      {!speech.known ? <span className={css.warn}><Icon name="warn" size={15} />{t.unknown}</span>
        : engines.length === 0 ? <span>{t.off}</span>
        : <>
            {engines.map(([language, engine]) => <span key={language}>{language.toUpperCase()}: {t.engine[engine]}</span>)}
            <span className={speech.keys_only ? css.warn : undefined} title={t.streamsHint}>
              {speech.keys_only && <Icon name="warn" size={15} />}{t.streams}: <strong className="num">{speech.streams}/{speech.most}</strong>{speech.keys_only && t.keysOnly}
            </span>
            <span className={late ? css.warn : undefined} title={t.lateHint}>
              {late && <Icon name="warn" size={15} />}{t.late}: <strong className="num">{speech.late_ms === null ? '–' : `${speech.late_ms} ms`}</strong>
            </span>
          </>}
      {speech.servers.length > 0 && (ill.length === 0
        ? <span className={css.good}><Icon name="check" size={15} />{t.serversWell(speech.servers.length)}</span>
        : <span className={css.bad}><Icon name="warn" size={15} />{t.serversIll(ill.map((server) => server.address).join(', '))}</span>)}
      <span title={t.answersHint(asked, speech.unheard)}>
        {t.answered}: {t.byVoice} <strong className="num">{share(speech.by_voice)}</strong> · {t.byKey} <strong className="num">{share(speech.by_key)}</strong> · {t.notAtAll} <strong className="num">{share(speech.not_answered)}</strong>
      </span>
    </section>
  )
}
