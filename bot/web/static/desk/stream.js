// News of the desk by server-sent events; `told` is called with each, and with null once the line stands: from then on
// every change is told, what changed before is read now.
// A hidden window lets its line go (browsers allow few to one host), unless it is to be heard: `always`.
export function watch(topic, told, always = false) {
  let source
  const begin = () => {
    source = new EventSource(`/masa/canli/${topic}`)
    source.addEventListener('news', (event) => told(JSON.parse(event.data)))
    source.addEventListener('begun', () => told(null))
  }
  const end = () => { source?.close(); source = undefined }
  begin()
  window.addEventListener('pagehide', end)
  window.addEventListener('pageshow', (event) => { if (event.persisted && !source) begin() })
  document.addEventListener('visibilitychange', () => {
    if (always) return
    if (document.hidden) end()
    else if (!source) begin()
  })
}
