import type { RefObject } from 'react'
import type { UtteranceView } from '../../generated/messages'
import { day, timeOfDay } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './labels.module.css'

type Props = { utterance: UtteranceView; zone: string; player: RefObject<HTMLAudioElement | null>; autoPlay: boolean }

/** The clip, where it was said, and what the line took it for. */
export function Utterance({ utterance, zone, player, autoPlay }: Props) {
  const { words, language } = useWords()
  const t = words.labels
  const heard = utterance.heard === null ? t.heardNothing : `“${utterance.heard}”`
  return (
    <>
      <div className={css.player}>
        <audio ref={player} controls autoPlay={autoPlay} preload="auto" src={`/api/utterances/${utterance.id}/sound`} aria-label={t.utterance} />
        <span className="quiet small">{t.playHint} <kbd>{t.space}</kbd></span>
      </div>
      <dl className={css.about}>
        <div><dt>{t.heard}</dt><dd lang={utterance.language}>{heard} <span className="quiet">{t.level[utterance.level]} · {Math.round(utterance.confidence * 100)} %</span></dd></div>
        <div><dt>{t.where}</dt><dd>{utterance.node_title ? inLanguage(utterance.node_title, language) : utterance.node}</dd></div>
        <div><dt>{words.call.language}</dt><dd>{words.language[utterance.language]}</dd></div>
        <div><dt>{t.when}</dt><dd className="num">{day(utterance.at, language, zone)} {timeOfDay(utterance.at, zone)}</dd></div>
        <div><dt>{t.sound}</dt><dd className="num">{utterance.duration_s.toFixed(1)} s{utterance.snr_db !== null && ` · ${t.aboveNoise(Math.round(utterance.snr_db))}`}</dd></div>
      </dl>
    </>
  )
}
