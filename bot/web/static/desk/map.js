// The map: points in clusters over tiles, or over a plain plot with the neighbourhoods' names.
/* global L */
import { notice } from './desk.js'

const place = document.getElementById('map')
const { source, labels, tiles, attribution, open, rough, late, urgent, failed, zoomIn, zoomOut } = place.dataset
const map = L.map(place, { zoomControl: false, attributionControl: false, minZoom: 6, maxZoom: 19, zoomAnimation: !matchMedia('(prefers-reduced-motion: reduce)').matches })
L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map)

const known = JSON.parse(labels)
if (tiles) {
  const credit = document.createElement('span')
  credit.textContent = attribution
  L.control.attribution({ prefix: false }).addAttribution(credit.innerHTML).addTo(map)
  L.tileLayer(tiles, { maxZoom: 19 }).addTo(map)
} else {
  for (const [name, latitude, longitude] of known) {
    const label = document.createElement('span')
    label.textContent = name
    const icon = L.divIcon({ className: 'place-label', html: label, iconSize: [140, 20], iconAnchor: [70, -24] })
    L.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(map)
  }
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
clusters.addLayers(features.map(marker))
map.addLayer(clusters)
if (features.length) map.fitBounds(around(features.map(({ geometry: { coordinates: [x, y] } }) => [y, x])), { maxZoom: 16 })
