// The conversation page: parts that renew themselves, the hold, the counter, canned replies, undo, keys.
import { notice } from './desk.js'
import { listen } from './keys.js'
import { watch } from './stream.js'

const page = document.querySelector('.talk-page')
const base = page.dataset.base
const kept = `yanit:${base}`
const text = document.getElementById('text')
const thread = () => document.getElementById('thread')
const matter = () => document.getElementById('matter')
const token = document.querySelector('meta[name="csrf"]').content
const quiet = { 'x-by-itself': '1' }
let active = Date.now()

// -- the thread stays at its end for who reads there, and where it was for who reads above
const toEnd = () => { const list = thread(); if (list) list.scrollTop = list.scrollHeight }
const below = () => { const list = thread(); return list ? list.scrollHeight - list.scrollTop - list.clientHeight : 0 }
let before = 0
if (page.dataset.old === '1') [...document.querySelectorAll('#thread .line')].at(-200)?.scrollIntoView({ block: 'start' })
else toEnd()

// -- parts
async function renew() {
  await htmx.ajax('GET', `${base}/parcalar${page.dataset.links}`, { swap: 'none', target: 'body', headers: quiet })
}
const writing = () => document.activeElement?.closest('#side')?.contains(document.activeElement) && document.activeElement.value
document.addEventListener('htmx:oobBeforeSwap', (event) => {
  if (event.detail.target.id === 'thread-panel') before = below()
  if (event.detail.target.id === 'side' && writing()) event.detail.shouldSwap = false
  if (event.detail.target.id === 'matter' && event.detail.target.querySelector('details[open]')) event.detail.shouldSwap = false
})
document.addEventListener('htmx:oobAfterSwap', (event) => {
  if (event.detail.target.id === 'thread-panel') {
    if (before < 60) toEnd()
    else thread().scrollTop = thread().scrollHeight - thread().clientHeight - before
    countDown()
  }
  if (event.detail.target.id === 'side') restoreNote()
  if (event.detail.target.id === 'matter') follow()
})
function follow() {
  const now = matter().dataset.writable
  if (now === page.dataset.writable) return
  page.dataset.writable = now
  for (const field of document.querySelectorAll('#reply textarea, #reply button')) field.disabled = now !== '1'
  if (now === '1') document.getElementById('not-writable')?.remove()
  else notice(matter().querySelector('.holder').textContent.trim())
}
if (page.dataset.topic !== '0') watch(page.dataset.topic, renew)

// -- the hold: told every half minute while somebody is there; typing takes what nobody has
const post = (path, body = {}, byItself = false) => fetch(`${base}/${path}`, {
  method: 'POST', headers: { 'x-csrf-token': token, 'hx-request': 'true', ...(byItself ? quiet : {}) }, body: new URLSearchParams(body),
})
for (const kind of ['pointerdown', 'keydown', 'scroll']) document.addEventListener(kind, () => { active = Date.now() }, { passive: true, capture: true })
setInterval(async () => {
  if (matter().dataset.mine !== '1' || Date.now() - active > 300_000) return
  const answer = await post('tut', {}, Date.now() - active > 60_000).catch(() => null)
  if (answer && answer.status === 409) renew()
}, 30_000)
let taking = false
async function take() {
  if (taking || matter().dataset.mine === '1' || matter().dataset.writable !== '1') return
  taking = true
  const answer = await post('al').catch(() => null)
  if (answer) await renew()
  taking = false
}

// -- a note that is begun survives what renews the page around it
const keptNote = `not:${base}`
function restoreNote() {
  const note = document.getElementById('note')
  if (note && !note.value) note.value = sessionStorage.getItem(keptNote) ?? ''
}
document.addEventListener('input', (event) => { if (event.target.id === 'note') sessionStorage.setItem(keptNote, event.target.value) })
document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.requestConfig?.elt?.id === 'add-note' && event.detail.xhr.status < 300) sessionStorage.removeItem(keptNote)
})
restoreNote()

// -- the text: counted as the channel counts, kept over a reload
let waits
async function measure(area) {
  const shown = area.form.querySelector('.measure')
  if (area.dataset.public === '0') {
    const length = [...area.value].length
    shown.textContent = length ? `${length} / ${area.dataset.most}` : ''
    shown.classList.toggle('late', length > Number(area.dataset.most))
    return
  }
  const answer = await post('olc', { text: area.value }).catch(() => null)
  if (answer?.ok) shown.replaceChildren(...new DOMParser().parseFromString(await answer.text(), 'text/html').body.childNodes)
}
for (const area of document.querySelectorAll('[data-measured]')) {
  area.addEventListener('input', () => {
    if (area === text) sessionStorage.setItem(kept, area.value)
    take()
    clearTimeout(waits)
    waits = setTimeout(measure, area.dataset.public === '0' ? 0 : 350, area)
  })
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    const closing = event.shiftKey && area.form.querySelector('button[name=kapat]')
    ;(closing || area.form.querySelector('button.main')).click()
  })
}
function write(words, more = false) {
  text.value = more && text.value.trim() ? `${text.value.trimEnd()}\n${words}` : words
  text.dispatchEvent(new Event('input', { bubbles: true }))
  text.focus()
  const gap = /\[[a-z]+\]/.exec(text.value)
  if (gap) text.setSelectionRange(gap.index, gap.index + gap[0].length)
}
if (text && sessionStorage.getItem(kept)) { text.value = sessionStorage.getItem(kept); measure(text) }
else document.querySelectorAll('[data-measured]').forEach((area) => area.value && measure(area))
document.getElementById('answer')?.addEventListener('htmx:beforeRequest', toEnd)
document.getElementById('answer')?.addEventListener('htmx:afterRequest', (event) => {
  if (event.target.id !== 'answer' || !event.detail.successful) return
  sessionStorage.removeItem(kept)
  text.value = ''
  measure(text)
})

// -- canned and suggested replies; on a narrow page the suggestion is one line until somebody opens it
const narrow = matchMedia('(max-width: 60rem)')
const suggestion = document.querySelector('.suggested details')
const fold = () => { if (suggestion) suggestion.open = !narrow.matches }
narrow.addEventListener('change', fold)
fold()
document.addEventListener('click', (event) => {
  const canned = event.target.closest('.canned-choice')
  if (canned) { write(canned.dataset.text, true); canned.closest('details').open = false }
  const use = event.target.closest('[data-use]')
  if (use) { write(document.getElementById(use.dataset.use).textContent); fold() }
})
document.querySelector('.canned')?.addEventListener('toggle', (event) => event.target.scrollIntoView({ block: 'nearest' }))
document.getElementById('canned-search')?.addEventListener('input', (event) => {
  const plain = (words) => words.toLocaleLowerCase('tr').normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ı', 'i')
  const wanted = plain(event.target.value)
  for (const each of document.querySelectorAll('#canned-list li')) each.hidden = !plain(each.textContent).includes(wanted)
})

// -- undo
document.addEventListener('submit', (event) => {
  if (event.target.matches('form.undo')) sessionStorage.setItem(kept, event.target.dataset.text)
})
let ticking
function countDown() {
  clearInterval(ticking)
  const ends = [...document.querySelectorAll('form.undo')].map((form) => [form, Date.now() + form.dataset.seconds * 1000])
  if (!ends.length) return
  ticking = setInterval(() => {
    for (const [form, end] of ends) {
      const left = Math.ceil((end - Date.now()) / 1000)
      if (left > 0) form.querySelector('.undo-left').textContent = left
      else { form.remove(); clearInterval(ticking); renew() }
    }
  }, 250)
}
countDown()

function toAnswer() {
  const area = text ?? document.querySelector('#approve textarea')
  area?.focus()
  area?.scrollIntoView({ block: 'nearest' })
}
listen({
  r: toAnswer,
  q: () => document.getElementById('to-queue').click(),
})
if (location.hash === '#kapat') {
  const box = document.querySelector('.acts details.pop')
  box?.setAttribute('open', '')
  box?.querySelector('input[type=radio]')?.focus()
}
if (location.hash === '#yanit') toAnswer()
