// What every page of the desk does in the browser: the form token for htmx, and errors that are told.
const token = document.querySelector('meta[name="csrf"]')?.content

document.addEventListener('htmx:configRequest', (event) => {
  if (token) event.detail.headers['x-csrf-token'] = token
})

document.addEventListener('htmx:responseError', (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, 'text/html')
  notice(page.querySelector('.problem')?.textContent ?? `${event.detail.xhr.status}`)
})

// what is hard to take back is asked once more
document.addEventListener('submit', (event) => {
  const question = event.target.dataset.confirm
  if (!question || confirm(question)) return
  event.preventDefault()
  event.stopImmediatePropagation()
}, true)

document.addEventListener('htmx:sendError', () => notice(document.getElementById('notices').dataset.offline))

document.querySelector('.top nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })

// filters are folded on a phone, unless one of them says something
if (matchMedia('(max-width: 48rem)').matches) document.querySelectorAll('details.fold[data-idle]').forEach((one) => { one.open = false })

/** Tell something for a few seconds, to eyes and to screen readers. */
export function notice(text, seconds = 6) {
  const line = document.createElement('p')
  line.textContent = text
  document.getElementById('notices').append(line)
  setTimeout(() => line.remove(), seconds * 1000)
}
