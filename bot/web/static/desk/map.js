// The map: points in clusters over tiles, or over a plain plot with the neighbourhoods' names.
/* global L */
import { notice } from './desk.js'

const place = document.getElementById('map')
const { source, labels, tiles, attribution, open, rough, late, urgent, failed, zoomIn, zoomOut } = place.dataset
const map = L.map(place, { zoomControl: false, attributionControl: false, minZoom: 6, maxZoom: 19, zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches })
L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map)

// names that would lie over another one wait for a nearer look
const names = []
function declutter() {
  const taken = []
  for (const marker of names) {
    const label = marker.getElement()?.firstElementChild
    if (!label) continue // the map has no view yet
    const { x, y } = map.latLngToLayerPoint(marker.getLatLng())
    const [wide, high] = [label.offsetWidth / 2 + 4, label.offsetHeight / 2 + 2]
    const free = taken.every((other) => Math.abs(other.x - x) > other.wide + wide || Math.abs(other.y - y) > other.high + high)
    marker.getElement().style.visibility = free ? '' : 'hidden'
    if (free) taken.push({ x, y, wide, high })
  }
}
function label(name, latitude, longitude) {
  const text = document.createElement('span')
  text.textContent = name
  const icon = L.divIcon({ className: 'place-label', html: text, iconSize: [140, 20], iconAnchor: [70, -24] })
  names.push(L.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(map))
}
// of neighbourhoods whose place nobody has written down, the middle of what is reported there
function labelTheRest(features) {
  const named = new Set(known.map(([name]) => name))
  const places = new Map()
  for (const { geometry: { coordinates: [x, y] }, properties: { neighbourhood, exact } } of features) {
    if (exact && neighbourhood && !named.has(neighbourhood)) places.set(neighbourhood, [...(places.get(neighbourhood) ?? []), [y, x]])
  }
  const middle = (points, axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length
  for (const [name, points] of places) label(name, middle(points, 0), middle(points, 1))
}
const known = JSON.parse(labels)
if (tiles) {
  const credit = document.createElement('span')
  credit.textContent = attribution
  L.control.attribution({ prefix: false }).addAttribution(credit.innerHTML).addTo(map)
  L.tileLayer(tiles, { maxZoom: 19 }).addTo(map)
} else {
  for (const [name, latitude, longitude] of known) label(name, latitude, longitude)
  map.on('zoomend', declutter)
}
const around = (points) => points.length ? L.latLngBounds(points).pad(0.15) : L.latLngBounds([[36, 26], [42, 45]])
map.fitBounds(around(known.map(([, latitude, longitude]) => [latitude, longitude])))

const clusters = L.markerClusterGroup({
  chunkedLoading: true,
  showCoverageOnHover: false,
  maxClusterRadius: 56,
  spiderLegPolylineOptions: { weight: 1.5, color: '#4d5d63' },
  iconCreateFunction: (cluster) => {
    const shape = document.createElement('span')
    shape.className = cluster.getAllChildMarkers().some((marker) => marker.options.late) ? 'cluster late' : 'cluster'
    shape.textContent = cluster.getChildCount()
    return L.divIcon({ className: '', html: shape, iconSize: [44, 44] })
  },
})

function line(text, tag = 'p') {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}

function card(about) {
  const box = document.createElement('div')
  const link = line(open, 'a')
  link.href = `/masa/basvurular/${encodeURIComponent(about.number)}`
  const marks = [about.status, about.late && late, about.urgent && urgent].filter(Boolean).join(', ')
  box.append(line(about.number, 'strong'), line(about.service), line(`${about.neighbourhood} · ${marks}`))
  if (!about.exact) box.append(line(rough))
  box.append(link)
  return box
}

function marker({ geometry, properties: about }) {
  const shape = document.createElement('span')
  shape.className = ['pin', about.late && 'late', about.urgent && 'urgent', !about.exact && 'rough'].filter(Boolean).join(' ')
  const [longitude, latitude] = geometry.coordinates
  const title = `${about.number}, ${about.service}, ${about.status}`
  const icon = L.divIcon({ className: '', html: shape, iconSize: [24, 24] })
  return L.marker([latitude, longitude], { icon, title, alt: title, late: about.late }).bindPopup(() => card(about))
}

let features = []
try {
  const answer = await fetch(source, { headers: { accept: 'application/geo+json' } })
  if (!answer.ok) throw new Error(answer.status)
  features = (await answer.json()).features
} catch {
  notice(failed, 12)
}
if (!tiles) labelTheRest(features)
clusters.addLayers(features.map(marker))
map.addLayer(clusters)
if (features.length) map.fitBounds(around(features.map(({ geometry: { coordinates: [x, y] } }) => [y, x])), { maxZoom: 16 })
declutter()
