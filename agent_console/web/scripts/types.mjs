// Turns the JSON schema of agent_console/messages.py into TypeScript types. `--check` only compares with what is kept.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from 'json-schema-to-typescript'

const web = join(dirname(fileURLToPath(import.meta.url)), '..')
const root = join(web, '..', '..')
const target = join(web, 'src', 'generated', 'messages.ts')

/** Titles on properties would become one alias each; a `type` with one value tells the messages apart, so it is required. */
function tidy(node, isProperty = false) {
  if (Array.isArray(node)) return node.map((item) => tidy(item))
  if (node === null || typeof node !== 'object') return node
  const out = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === 'title' && isProperty && typeof value === 'string') continue
    if (key === 'discriminator') continue
    if (key === 'properties') {
      out.properties = Object.fromEntries(Object.entries(value).map(([name, p]) => [name, tidy(p, true)]))
    } else {
      out[key] = tidy(value, key === 'items' || key === 'additionalProperties' || key === 'anyOf')
    }
  }
  if (out.properties?.type?.const !== undefined) out.required = [...new Set([...(out.required ?? []), 'type'])]
  return out
}

export async function generate() {
  const venv = join(root, '.venv', 'bin', 'python')
  const python = existsSync(venv) ? venv : 'python3'
  const schema = JSON.parse(execFileSync(python, ['-m', 'agent_console.schema'], { cwd: root, encoding: 'utf8' }))
  const definitions = tidy(schema).$defs
  // A root that names every definition, so that each is exported once under its own name.
  const whole = {
    title: 'EveryShape',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.keys(definitions).map((name) => [name, { $ref: `#/$defs/${name}` }])),
    $defs: definitions,
  }
  return compile(whole, 'EveryShape', {
    bannerComment: '// Generated from agent_console/messages.py by `npm run types`. Change it there.',
    style: { semi: false, singleQuote: true, printWidth: 120 },
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await generate()
  if (process.argv.includes('--check')) {
    if (readFileSync(target, 'utf8') !== made) {
      console.error('src/generated/messages.ts is not what agent_console/messages.py says: run `npm run types`')
      process.exit(1)
    }
  } else writeFileSync(target, made)
}
