// The queue: new matters appear by themselves, with a sound; everything is reached by keys.
import { notice } from './desk.js'
import { listen } from './keys.js'
import { watch } from './stream.js'

const SOUND = 'masa-ses'
const sound = document.getElementById('sound')
let audio

// -- the sound: off until somebody switches it on; browsers allow it after a press only
const loud = () => localStorage.getItem(SOUND) === '1'
const showSound = () => sound.setAttribute('aria-pressed', String(loud()))
sound.addEventListener('click', () => {
  localStorage.setItem(SOUND, loud() ? '0' : '1')
  showSound()
  if (loud()) beep(false)
})
showSound()
function wake() { // a page that nobody has pressed yet may not play, and one that was hidden for long is suspended
  if (!loud()) return Promise.reject(new Error('silent'))
  audio ??= new AudioContext()
  return audio.resume()
}
for (const kind of ['pointerdown', 'keydown']) document.addEventListener(kind, () => wake().catch(() => {}))
function beep(urgent) {
  const asked = Date.now()
  wake().then(() => { if (Date.now() - asked < 2000) play(urgent) }, () => {})
}
function play(urgent) {
  for (const [at, tone] of urgent ? [[0, 880], [0.18, 880], [0.36, 880]] : [[0, 660], [0.15, 880]]) {
    const voice = audio.createOscillator()
    const volume = audio.createGain()
    voice.frequency.value = tone
    volume.gain.setValueAtTime(0.12, audio.currentTime + at)
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.14)
    voice.connect(volume).connect(audio.destination)
    voice.start(audio.currentTime + at)
    voice.stop(audio.currentTime + at + 0.15)
  }
}

// -- the list
const list = () => document.getElementById('queue')
const links = () => [...document.querySelectorAll('.item-link')]
let chosen = null
document.addEventListener('focusin', (event) => { const item = event.target.closest('.item'); if (item) chosen = item.dataset.id })
const item = () => document.querySelector(`.item[data-id="${chosen}"]`)
async function renew() {
  const focused = list().contains(document.activeElement) ? chosen : null
  const answer = await fetch(`/masa/kuyruk/liste?${list().dataset.query}`, { headers: { 'x-by-itself': '1', 'hx-request': 'true' } }).catch(() => null)
  if (!answer) return
  if (answer.status === 401) { location.reload(); return }
  if (!answer.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('queue')
  const known = new Set(links().map((link) => link.getAttribute('href')))
  list().replaceWith(fresh)
  for (const link of links()) link.closest('.item').classList.toggle('new', !known.has(link.getAttribute('href')))
  if (focused) (item()?.querySelector('.item-link') ?? links()[0])?.focus({ preventScroll: true })
  document.title = document.title.replace(/^(\(\d+\) )?/, `(${list().dataset.open}) `)
}
watch(0, (news) => {
  if (news?.new?.length) {
    beep(news.urgent)
    notice(document.documentElement.lang === 'en' ? `New: ${news.new.length}` : `Yeni kayıt: ${news.new.length}`, 4)
  }
  renew()
}, true)
setInterval(renew, 60_000)

// -- keys
function move(step) {
  const all = links()
  if (!all.length) return
  const now = all.findIndex((link) => link.closest('.item').dataset.id === chosen)
  const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step))]
  next.focus()
  next.closest('.item').scrollIntoView({ block: 'nearest' })
}
const open = (hash = '') => { const link = item()?.querySelector('.item-link') ?? links()[0]; if (link) location.href = link.href + hash }
listen({
  j: () => move(1),
  k: () => move(-1),
  o: () => open(),
  r: () => open('#yanit'),
  e: () => open('#kapat'),
  a: () => item()?.querySelector('form.approve')?.requestSubmit(),
  '/': () => document.getElementById('search').focus(),
})
document.getElementById('show-help').addEventListener('click', () => document.getElementById('help').showModal())

// -- undo: the words come back into the page that they were written on
const leaving = document.getElementById('leaving')
if (leaving) {
  const kept = `yanit:${leaving.dataset.base}`
  sessionStorage.removeItem(kept)
  leaving.addEventListener('submit', () => { if (leaving.dataset.text) sessionStorage.setItem(kept, leaving.dataset.text) })
  history.replaceState(null, '', location.pathname)
  const end = Date.now() + leaving.dataset.seconds * 1000
  const ticking = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000)
    if (left > 0) leaving.querySelector('.undo-left').textContent = left
    else { clearInterval(ticking); leaving.remove() }
  }, 250)
}
