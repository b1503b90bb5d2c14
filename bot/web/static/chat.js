// The page: joins the thread, what goes out, what comes in, and the composer.

import { ask, storage } from "./dom.js";
import { Incoming } from "./incoming.js";
import { Outgoing, post } from "./outgoing.js";
import { Thread } from "./thread.js";

const config = JSON.parse(document.body.dataset.config);
const texts = config.texts;
const at = (id) => document.getElementById(id);
const [field, fileField, banner, problem, typing] = ["text", "file", "banner", "problem", "typing"].map(at);

const outgoing = new Outgoing(config.session);
const incoming = new Incoming();
const thread = new Thread(at("log"), at("scroll"), at("newer"), texts, {
  press: (button) => send({ type: "press", kind: "button", payload: button.payload, text: button.label }),
  position: sharePosition,
  retry: (id) => outgoing.retry(id),
});
let chosen = null;
let working = 0;

// -- sending
function send(message, file = null) {
  const item = outgoing.add(message, file);
  thread.putOwn(item, file?.type.startsWith("image/") ? URL.createObjectURL(file) : null);
  thread.setState(item.id, navigator.onLine ? "sending" : "later");
  at("starters").hidden = true;
  tellProblem(null);
  if (navigator.onLine) outgoing.flush();
}

outgoing.addEventListener("sending", ({ detail: { item } }) => thread.setState(item.id, "sending"));
outgoing.addEventListener("progress", ({ detail: { item, detail } }) => thread.setState(item.id, "uploading", detail));
outgoing.addEventListener("failed", ({ detail: { item } }) => thread.setState(item.id, "failed", item.failed));
outgoing.addEventListener("slow", ({ detail: { item } }) => {
  thread.setState(item.id, "sending");
  tellProblem(texts.busy);
});
outgoing.addEventListener("later", () => outgoing.items.forEach((item) => item.failed || thread.setState(item.id, "later")));
outgoing.addEventListener("sent", ({ detail: { item, detail } }) => {
  thread.settle(item.id, detail.at);
  tellProblem(null);
  sessionIs(detail.session);
  if (thread.lastAuthor !== "staff") showTyping(true);
});

function showTyping(shown) {
  clearTimeout(working);
  typing.hidden = !shown;
  at("typing-text").textContent = texts.typing;
  if (!shown) return;
  working = setTimeout(() => showTyping(false), 8000);
  if (thread.stays) thread.toEnd();
}

// -- receiving
incoming.addEventListener("line", ({ detail: line }) => {
  if (!thread.put(line)) return;
  at("starters").hidden = true;
  if (line.author === "citizen") {
    thread.setState(line.client_id, "sent");
  } else {
    showTyping(false);
    tellFrame("message");
  }
});
incoming.addEventListener("state", ({ detail: state }) => {
  const said = { offline: texts.offline, away: texts.reconnecting }[state] ?? (navigator.cookieEnabled ? null : texts.cookies);
  banner.hidden = !said;
  if (banner.textContent !== (said ?? "")) banner.textContent = said ?? "";
  if (state === "connected") outgoing.flush();
});
incoming.addEventListener("session", ({ detail: session }) => session && sessionIs(session));

/** The server began another session (the cookie was lost): what is on the screen belongs to the old one. */
function sessionIs(session) {
  if (!session || session === config.session || incoming.stopped) return;
  const unsent = outgoing.items;
  config.session = outgoing.session = session;
  outgoing.keep(unsent);
  incoming.last = 0;
  incoming.online();
}

// -- the composer
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (chosen) send({ type: "file", kind: chosen.type.startsWith("image/") ? "photo" : "document", text, name: chosen.name }, chosen);
  else if (text) send({ type: "text", kind: "text", text });
  choose(null);
  field.value = "";
  grow();
  field.focus();
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("composer").requestSubmit();
});
field.addEventListener("input", grow);
function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
at("starters").addEventListener("click", (event) => {
  if (event.target.matches(".choice")) send({ type: "text", kind: "text", text: event.target.textContent.trim() });
});
at("photo").onclick = () => fileField.click();
at("file-remove").onclick = () => choose(null);
fileField.onchange = () => choose(fileField.files[0] ?? null);
field.addEventListener("paste", (event) => {
  const [file] = event.clipboardData.files;
  if (file) choose(file);
});

function choose(file) {
  const preview = at("preview");
  if (preview.src) URL.revokeObjectURL(preview.src);
  preview.removeAttribute("src");
  const wrong = file && (file.size > config.maxFile ? texts.error_too_large
    : /^(image\/|application\/pdf$)/.test(file.type) ? null : texts.error_file_type);
  tellProblem(wrong);
  chosen = wrong ? null : file;
  fileField.value = "";
  at("tray").hidden = !chosen;
  preview.hidden = !chosen?.type.startsWith("image/");
  if (!preview.hidden) preview.src = URL.createObjectURL(chosen);
  at("file-name").textContent = chosen?.name ?? "";
  if (chosen) field.focus();
}

async function sharePosition() {
  if (!(await ask(texts.position_ask, texts.position_yes))) return;
  if (!navigator.geolocation) {
    tellProblem(texts.position_failed);
    return;
  }
  tellProblem(texts.position_wait);
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => send({ type: "location", kind: "location", latitude: coords.latitude, longitude: coords.longitude }),
    (error) => tellProblem(error.code === error.PERMISSION_DENIED ? texts.position_denied : texts.position_failed),
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
  );
}
at("position").onclick = sharePosition;

function tellProblem(text) {
  problem.hidden = !text;
  problem.textContent = text ?? "";
}

// -- the end
at("end").onclick = async () => {
  if (!(await ask(texts.end_ask, texts.end_yes))) return;
  leave();
  storage.clear();
  storage.set("ended", true);
  await finish();
};

/** Nothing of the chat stays on the screen, nothing goes out any more. */
function leave() {
  outgoing.stop();
  incoming.stop();
  at("log").replaceChildren();
  field.value = "";
  choose(null);
  for (const id of ["composer", "intro", "end", "newer", "typing"]) at(id).hidden = true;
  banner.hidden = false;
  banner.textContent = texts.ended;
}

/** The cookie is the server's to take away; without a connection this is done before anything else is shown. */
async function finish() {
  for (let pause = 1000; ; pause = Math.min(pause * 2, 15000)) {
    try {
      if ((await post("chat/end", {})).status === 200) break;
    } catch { /* tried again */ }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  storage.clear();
  location.reload();
}

// -- the frame of the municipality's site
function tellFrame(what) {
  if (config.framed && parent !== window) parent.postMessage({ hizmetSohbet: what }, "*");
}
at("close")?.addEventListener("click", () => tellFrame("close"));
if (config.framed) addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !at("ask").open) tellFrame("close");
});

// -- coming and going
addEventListener("online", () => { incoming.online(); outgoing.failures = 0; outgoing.flush(); });
addEventListener("offline", () => { incoming.offline(); showTyping(false); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("beforeunload", (event) => { if (outgoing.holdsFiles && !outgoing.stopped) event.preventDefault(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && !outgoing.stopped) incoming.online(); });
storage.watch("ended", () => { leave(); setTimeout(() => location.reload(), 1500); });

at("controls").disabled = false; // before this, Enter and "Gönder" would do something else

if (storage.get("ended")) {
  leave();
  finish();
} else {
  await incoming.start();
  for (const item of outgoing.recall()) {
    if (thread.byClientId.has(item.id)) {
      outgoing.drop(item.id);
      continue;
    }
    thread.putOwn(item);
    thread.setState(item.id, item.failed ? "failed" : "later", item.failed);
    at("starters").hidden = true;
  }
  outgoing.flush();
  if (!config.framed && matchMedia("(pointer: fine)").matches && document.activeElement === document.body) field.focus();
}
