import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useState, type FormEvent } from 'react'
import { api, ApiError } from '../../api'
import type { Me } from '../../generated/messages'
import { LanguageChoice, ThemeChoice } from '../../kit/shell'
import { sentence } from '../../kit/states'
import { useWords } from '../../words'
import css from './signin.module.css'

export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn: (me: Me) => void }) {
  const { words } = useWords()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    document.title = `${words.signIn.title} · ${words.app.name}`
  }, [words])

  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setWrong(null)
    try {
      onSignedIn(await api.signIn({ username: username.trim(), password }))
    } catch (error) {
      const { status } = error as ApiError
      setWrong(status === 401 || status === 422 ? words.signIn.wrong : status === 429 ? words.signIn.tooMany : sentence(error as ApiError, words))
      setBusy(false)
    }
  }
  return (
    <main className={css.page}>
      <section className={css.card} aria-labelledby="sign-in">
        <header className={css.head}>
          <img src="/icon.svg" alt="" width="44" height="44" />
          <div><p className={css.name}>{words.app.name}</p><p className="quiet">{words.signIn.lead}</p></div>
        </header>
        <form className={css.form} onSubmit={send}>
          <h1 id="sign-in" className={css.title}>{words.signIn.title}</h1>
          {ended && <p className={css.note} role="status">{words.signIn.ended}</p>}
          <TextInput size="md" label={words.signIn.username} value={username} onChange={(e) => setUsername(e.currentTarget.value)} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required withAsterisk={false} />
          <PasswordInput size="md" label={words.signIn.password} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} />
          <p className={css.wrong} role="alert">{wrong}</p>
          <Button type="submit" size="md" fullWidth loading={busy}>{words.signIn.button}</Button>
        </form>
      </section>
      <footer className={css.foot}><LanguageChoice /><div className={css.theme}><ThemeChoice /></div></footer>
    </main>
  )
}
