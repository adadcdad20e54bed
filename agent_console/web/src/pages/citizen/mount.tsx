import { createRoot } from 'react-dom/client'
import { CitizenPage } from './CitizenPage'

createRoot(document.getElementById('root')!).render(<CitizenPage />)
