// News of the desk by server-sent events; `told` is called with each, and with null where the line was away.
// A hidden window lets its line go (browsers allow few to one host), unless it is to be heard: `always`.
export function watch(topic, told, always = false) {
  let source
  let away = false
  const begin = () => {
    source = new EventSource(`/masa/canli/${topic}`)
    source.addEventListener('news', (event) => told(JSON.parse(event.data)))
    source.addEventListener('begun', () => { if (away) told(null); away = false })
    source.addEventListener('error', () => { away = true })
  }
  const end = () => { source?.close(); source = undefined; away = true }
  begin()
  window.addEventListener('pagehide', end)
  window.addEventListener('pageshow', (event) => { if (event.persisted && !source) begin() })
  document.addEventListener('visibilitychange', () => {
    if (always) return
    if (document.hidden) end()
    else if (!source) begin()
  })
}
