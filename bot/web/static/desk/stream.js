// News of the desk by server-sent events; `told` is called with each, and with null where the line was away.
export function watch(topic, told) {
  let away = false
  const source = new EventSource(`/masa/canli/${topic}`)
  source.addEventListener('news', (event) => told(JSON.parse(event.data)))
  source.addEventListener('begun', () => { if (away) told(null); away = false })
  source.addEventListener('error', () => { away = true })
  window.addEventListener('pagehide', () => source.close())
  return source
}
