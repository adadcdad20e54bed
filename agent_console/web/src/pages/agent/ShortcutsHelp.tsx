import { Modal } from '@mantine/core'
import { useWords } from '../../words'
import css from './agent.module.css'

export function ShortcutsHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { words } = useWords()
  const t = words.shortcuts
  const rows: [string[], string][] = [
    [[t.space, 'Enter'], t.answer], [['M'], t.mute], [['H'], t.hold], [['K'], t.keypad], [['T'], t.transfer], [['E'], t.end], [['R'], t.ready], [['N'], t.notes], [['?'], t.help],
  ]
  return (
    <Modal opened={opened} onClose={onClose} title={t.title} size="sm" closeButtonProps={{ 'aria-label': words.board.close }}>
      <dl className={css.keys}>
        {rows.map(([keys, text]) => <div key={text}><dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{text}</dd></div>)}
      </dl>
      <p className="quiet small" style={{ marginTop: 12 }}>{t.fields}</p>
    </Modal>
  )
}
