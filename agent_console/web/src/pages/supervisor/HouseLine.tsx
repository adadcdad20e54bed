import type { Board } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { inLanguage, useWords } from '../../words'
import css from './board.module.css'

/** How the parts are, in one quiet line, and what "service level" means here. */
export function HouseLine({ board }: { board: Board }) {
  const { words, language } = useWords()
  const { house } = board
  const wrong = [!house.asterisk && words.board.asteriskDown, !house.database && words.board.databaseDown].filter((text) => text !== false)
  return (
    <footer className={css.house}>
      <span role="status" className={wrong.length ? css.bad : css.good}><Icon name={wrong.length ? 'warn' : 'check'} size={15} />{wrong.length ? wrong.join(' · ') : words.board.fine}</span>
      {house.emergency && <span className={css.warn}><Icon name="bell" size={15} />{words.board.emergencyOn}</span>}
      <span>{words.board.inMenu}: <strong className="num">{house.in_menu}</strong></span>
      {house.ignored_events > 0 && <span title={words.board.ignoredHint}>{words.board.ignored}: <strong className="num">{house.ignored_events}</strong></span>}
      <span title={inLanguage(house.waits_formula, language)}>
        {words.board.waitsKept}:{' '}
        <strong className="num">{house.waits_kept === null ? '–' : `${Math.round(house.waits_kept * 100)} %`}</strong>
        {house.waits_kept !== null && <span className="quiet">{words.board.waitsOf(house.waits_told)}</span>}
      </span>
      {(house.survey_on || house.survey_asked > 0) && (
        <span title={inLanguage(house.survey_formula, language)} data-survey>
          {words.board.survey}:{' '}
          <strong className="num">{house.survey_mean === null ? '–' : house.survey_mean.toFixed(1)}</strong>
          <span className="quiet">{words.board.surveyOf(house.survey_answered, house.survey_asked)}</span>
        </span>
      )}
      <span className={`quiet ${css.formula}`}>{words.board.formula} = {inLanguage(house.service_level_formula, language)}</span>
    </footer>
  )
}
