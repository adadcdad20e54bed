import type { PageProps } from '../../console'
export default function CallPage(_: PageProps & { callId: string }) { return null }
