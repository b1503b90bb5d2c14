// The table of requests: all of a page are chosen with one press, and "/" leads to the search.
import { on } from './keys.js'

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

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || !on() || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input, textarea, select, [contenteditable]')) return
  const field = document.querySelector('[data-search]')
  if (field) {
    event.preventDefault()
    field.focus()
  }
})

// empty parts of the filter stay out of the address
document.addEventListener('formdata', (event) => {
  if (!event.target.matches('.filter')) return
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name)
})

count()
