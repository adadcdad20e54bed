// The server's REST calls, typed. Every failure is an `ApiError` with the server's reason, or `offline`.
import type * as M from './generated/messages'

export class ApiError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api${path}`, {
    method,
    credentials: 'same-origin',
    headers: { 'X-Requested-With': 'huduma', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(0, 'offline', '')
  })
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  const detail = await response.json().then((j) => j.detail, () => null)
  throw new ApiError(response.status, detail?.reason ?? 'unknown', detail?.message ?? '')
}

const get = <T>(path: string) => call<T>('GET', path)
const post = <T>(path: string, body?: unknown) => call<T>('POST', path, body ?? {})
const put = <T>(path: string, body: unknown) => call<T>('PUT', path, body)
const q = (values: Record<string, string | number | undefined>) =>
  new URLSearchParams(Object.entries(values).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]]))).toString()
const id = encodeURIComponent

export type Health = { asterisk: boolean; database: boolean; position: number; prefix: string }
export type Account = { id: number; name: string; username: string; role: M.Me['role']; may_call_out: boolean }
export type Emergency = { on: boolean; en: string; sw: string }

export const api = {
  signIn: (body: M.SignInBody) => post<M.Me>('/sign-in', body),
  signOut: () => post<void>('/sign-out'),
  me: () => get<M.Me>('/me'),
  preferences: (body: M.PreferencesBody) => put<M.Me>('/me/preferences', body),
  phone: () => post<M.PhoneCredentials>('/phone'),
  recentCalls: () => get<M.RecentCall[]>('/calls/recent'),
  calls: (filter: { queue?: string; outcome?: string; limit?: number }) => get<M.RecentCall[]>(`/calls?${q(filter)}`),
  call: (callId: string) => get<M.CallDetail>(`/calls/${id(callId)}`),
  note: (callId: string, text: string) => put<void>(`/calls/${id(callId)}/note`, { text }),
  disposition: (callId: string, body: M.DispositionBody) => post<M.CallDetail>(`/calls/${id(callId)}/disposition`, body),
  link: (callId: string, body: M.LinkCitizenBody) => post<M.CitizenCard>(`/calls/${id(callId)}/citizen`, body),
  citizens: (text: string) => get<M.CitizenCard[]>(`/citizens?${q({ q: text })}`),
  citizen: (citizenId: number) => get<M.CitizenCard>(`/citizens/${citizenId}`),
  callOut: (body: M.CallOutBody) => post<M.CallingOut>('/calls-out', body),
  newCase: (body: M.NewCaseBody) => post<M.CaseDetail>('/cases', body),
  case: (caseId: number) => get<M.CaseDetail>(`/cases/${caseId}`),
  caseEvent: (caseId: number, body: M.CaseEventBody) => post<M.CaseDetail>(`/cases/${caseId}/events`, body),
  catalogue: () => get<M.AgencyView[]>('/catalogue'),
  service: (slug: string, language: string) => get<M.ServiceView>(`/catalogue/${id(slug)}?${q({ language })}`),
  dispositions: () => get<M.Disposition[]>('/dispositions'),
  pauseReasons: () => get<M.PauseReason[]>('/pause-reasons'),
  health: () => get<Health>('/health'),
  emergency: () => get<Emergency>('/switches/emergency'),
  setEmergency: (body: Emergency) => put<void>('/switches/emergency', body),
  helpIsThere: (agentId: number) => call<void>('DELETE', `/agents/${agentId}/help`),
  accounts: () => get<Account[]>('/accounts'),
  allowCallOut: (accountId: number, allowed: boolean) => put<Account>(`/accounts/${accountId}/call-out`, { allowed }),
  transferTargets: (language: string) => get<M.TransferTargets>(`/transfer-targets?${q({ language })}`),
  utterances: () => get<M.UtteranceList>('/utterances'),
  label: (utterance: number, body: M.LabelBody) => put<void>(`/utterances/${utterance}/label`, body),
  undoLabel: (utterance: number) => call<void>('DELETE', `/utterances/${utterance}/label`),
  webCall: (language: string) => post<M.PhoneCredentials>('/web-call', { language }),
  said: (key: string, after: number) => post<M.WebCallNow>('/web-call/said', { key, after }),
}

export function liveUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`
}
