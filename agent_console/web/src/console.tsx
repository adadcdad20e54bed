// The console: who is signed in decides what there is to see.
import { MantineProvider } from '@mantine/core'
import '@mantine/core/styles.css'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { api, ApiError } from './api'
import type { Me } from './generated/messages'
import { go, usePath } from './kit/navigation'
import { Empty, Failed, Loading } from './kit/states'
import { SignIn } from './pages/signin/SignIn'
import './styles.css'
import { theme } from './theme'
import { useWords, WordsProvider } from './words'

const AgentPage = lazy(() => import('./pages/agent/AgentPage'))
const SupervisorPage = lazy(() => import('./pages/supervisor/SupervisorPage'))
const LabelsPage = lazy(() => import('./pages/labels/LabelsPage'))
const CallPage = lazy(() => import('./pages/call/CallPage'))

const homeOf = (me: Me): string => (me.role === 'agent' ? '/agent' : '/supervisor')

function Console() {
  const { words } = useWords()
  const path = usePath()
  const [me, setMe] = useState<Me | null>(null)
  const [state, setState] = useState<'asking' | 'known' | ApiError>('asking')
  const [ended, setEnded] = useState(false)

  const look = useCallback(() => {
    setState('asking')
    api.me().then(
      (found) => {
        setMe(found)
        setState('known')
      },
      (error: ApiError) => setState(error.status === 401 ? 'known' : error),
    )
  }, [])
  useEffect(look, [look])

  const signedOut = useCallback((byItself: boolean) => {
    setMe(null)
    setEnded(byItself)
    go('/', true)
  }, [])

  if (state === 'asking') return <Loading />
  if (state instanceof ApiError) return <main><Failed error={state} again={look} /></main>
  if (!me) return <SignIn ended={ended} onSignedIn={(found) => { setMe(found); setEnded(false); if (path === '/') go(homeOf(found), true) }} />
  return (
    <Suspense fallback={<Loading />}>
      <Page path={path} me={me} setMe={setMe} signedOut={signedOut} nothing={words.failed.notFound} />
    </Suspense>
  )
}

export type PageProps = { me: Me; setMe: (me: Me) => void; signedOut: (byItself: boolean) => void }

function Page({ path, nothing, ...props }: PageProps & { path: string; nothing: string }) {
  const home = homeOf(props.me)
  useEffect(() => {
    if (path === '/') go(home, true)
  }, [path, home])
  const call = /^\/calls\/([^/]+)$/.exec(path)
  if (path === '/') return <Loading />
  if (path === '/agent' && props.me.agent_id !== null) return <AgentPage {...props} />
  if (path === '/supervisor' && props.me.role !== 'agent') return <SupervisorPage {...props} />
  if (path === '/words' && props.me.role !== 'agent') return <LabelsPage {...props} />
  if (call) return <CallPage {...props} callId={decodeURIComponent(call[1]!)} />
  return <main><Empty icon="search">{nothing} <br /><a href={home} className="linklike">{home}</a></Empty></main>
}

createRoot(document.getElementById('root')!).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <WordsProvider><Console /></WordsProvider>
  </MantineProvider>,
)
