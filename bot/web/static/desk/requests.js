// The table and the board of requests: all of a page are chosen with one press; keys lead through them.
import { listen } from './keys.js'

const chosen = () => document.querySelectorAll('input[name="id"][form="bulk"]:checked')

function count() {
  const bulk = document.querySelector('[data-bulk]')
  if (!bulk) return
  const number = chosen().length
  const label = bulk.querySelector('[data-chosen]')
  label.dataset.word ??= label.textContent
  label.textContent = number ? `${label.dataset.word}: ${number}` : label.dataset.word
  bulk.querySelector('button').disabled = number === 0
}

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-all]')) {
    for (const box of document.querySelectorAll('input[name="id"][form="bulk"]')) box.checked = event.target.checked
  }
  if (event.target.matches('[data-all], input[name="id"]')) count()
})

// -- keys: over the rows of the table, the cards of the board
const links = () => [...document.querySelectorAll('.requests a.number, .card a.number')]
let chosenLink = null
document.addEventListener('focusin', (event) => {
  const row = event.target.closest('.requests tr, .card')
  if (row) chosenLink = row.querySelector('a.number')?.getAttribute('href') ?? chosenLink
})
const now = () => links().findIndex((link) => link.getAttribute('href') === chosenLink)
function move(step) {
  const all = links()
  const next = all[Math.max(0, Math.min(all.length - 1, now() < 0 ? 0 : now() + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
listen({
  j: () => move(1),
  k: () => move(-1),
  o: () => (links()[now()] ?? links()[0])?.click(),
  '/': () => document.querySelector('[data-search]')?.focus(),
})
document.getElementById('show-help')?.addEventListener('click', () => document.getElementById('help').showModal())

// empty parts of the filter stay out of the address
document.addEventListener('formdata', (event) => {
  if (!event.target.matches('.filter')) return
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name)
})

count()
