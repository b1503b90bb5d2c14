// Buttons that copy a field's value.
import { notice } from './desk.js'

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  const field = document.getElementById(button.dataset.copy)
  field.select()
  try {
    await navigator.clipboard.writeText(field.value)
    notice(button.dataset.done)
  } catch {
    // no clipboard (plain http): the text is selected, Ctrl+C does it
  }
})
