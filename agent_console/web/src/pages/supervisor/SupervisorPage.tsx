import type { PageProps } from '../../console'
export default function SupervisorPage(_: PageProps) { return null }
