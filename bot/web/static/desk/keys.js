// Single keys press what carries data-key. They rest while somebody types, and can be switched off in the help.
const OFF = 'masa-tus-kapali'

/** Whether single keys work in this browser. */
export const on = () => localStorage.getItem(OFF) === null

/** Listen. `more`: what other keys do, by key. */
export function listen(more = {}) {
  const help = document.getElementById('help')
  const choice = document.getElementById('keys-on')
  if (choice) {
    choice.checked = on()
    choice.addEventListener('change', () => choice.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '1'))
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.target.closest('input:not([type=checkbox], [type=radio]), textarea, select')) {
      if (event.key === 'Escape') event.target.blur()
      return
    }
    if (document.querySelector('dialog[open]') || !on()) return
    if (event.key === 'Escape') document.querySelectorAll('details.pop[open]').forEach((one) => { one.open = false })
    else if (event.key === '?' && help) help.showModal()
    else if (more[event.key]) more[event.key](event)
    else if (!press(event.key)) return
    event.preventDefault()
  })
}

function press(key) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.checkVisibility() && !one.disabled)
  if (!found) return false
  if (found.matches('details')) {
    found.open = !found.open
    if (found.open) found.querySelector('input:not([type=hidden]), select, textarea, button')?.focus()
  } else found.click()
  return true
}
