// What the citizen sends: kept until the server has stored it, sent in order, again with the same id.

import { storage } from "./dom.js";

const PATHS = { text: "chat/send", press: "chat/press", location: "chat/location", file: "chat/upload" };
const PATIENCE = 20000;

export class Outgoing extends EventTarget {
  /** `session` marks the kept messages: another session's are never sent. */
  constructor(session) {
    super();
    this.session = session;
    this.files = new Map();
    this.busy = false;
    this.failures = 0;
    this.timer = 0;
  }

  get items() {
    const kept = storage.get("unsent");
    return kept && kept.session === this.session ? kept.items : [];
  }

  keep(items) {
    if (items.length) storage.set("unsent", { session: this.session, items });
    else storage.remove("unsent");
  }

  /** Takes a message over from the page; the item as it will be shown. */
  add(message, file = null) {
    const item = { id: newId(), at: new Date().toISOString(), failed: null, ...message };
    if (file) this.files.set(item.id, file);
    this.keep([...this.items, item]);
    return item;
  }

  /** Files don't survive a reload; their messages are shown as failed. */
  recall() {
    const items = this.items.map((item) =>
      item.type === "file" && !this.files.has(item.id) ? { ...item, failed: "file_lost" } : item);
    this.keep(items);
    return items;
  }

  retry(id) {
    this.keep(this.items.map((item) => (item.id === id ? { ...item, failed: null } : item)));
    this.failures = 0;
    this.flush();
  }

  drop(id) {
    this.keep(this.items.filter((item) => item.id !== id));
    this.files.delete(id);
  }

  get holdsFiles() {
    return this.items.some((item) => item.type === "file" && !item.failed && this.files.has(item.id));
  }

  async flush() {
    if (this.busy || this.stopped) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let item; (item = this.items.find((one) => !one.failed)) && !this.stopped;) {
        if (!(await this.send(item))) break;
      }
    } finally {
      this.busy = false;
    }
  }

  /** True where the next message may follow. */
  async send(item) {
    this.tell("sending", item);
    let answer;
    try {
      answer = item.type === "file" ? await this.upload(item) : await post(PATHS[item.type], item);
    } catch {
      answer = { status: 0, body: {} };
    }
    if (this.stopped) return false;
    if (answer.status === 200) {
      this.failures = 0;
      this.tell("sent", item, answer.body);
      this.drop(item.id);
      return true;
    }
    if (answer.status === 0 || answer.status === 429 || answer.status >= 500) {
      this.later(answer);
      this.tell(answer.status === 429 ? "slow" : "later", item);
      return false;
    }
    const reason = answer.status === 413 ? "too_large" : answer.body.error ?? "other";
    this.keep(this.items.map((one) => (one.id === item.id ? { ...one, failed: reason } : one)));
    this.tell("failed", { ...item, failed: reason });
    return true;
  }

  later({ retryAfter }) {
    this.failures += 1;
    const pause = retryAfter ? retryAfter * 1000 : Math.min(30000, 1000 * 2 ** this.failures);
    this.timer = setTimeout(() => this.flush(), pause * (0.85 + 0.3 * Math.random()));
  }

  upload(item) {
    const form = new FormData();
    form.append("id", item.id);
    form.append("text", item.text ?? "");
    form.append("file", this.files.get(item.id), item.name);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", PATHS.file);
      request.timeout = 180000;
      request.upload.onprogress = (step) => step.lengthComputable && this.tell("progress", item, step.loaded / step.total);
      request.onload = () => resolve({
        status: request.status,
        body: parsed(request.responseText),
        retryAfter: Number(request.getResponseHeader("retry-after")),
      });
      request.onerror = request.ontimeout = request.onabort = reject;
      request.send(form);
    });
  }

  /** The chat was ended: nothing is sent any more. */
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.files.clear();
  }

  tell(name, item, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail: { item, detail } }));
  }
}

/** Posts JSON; throws where no answer came. */
export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
  return { status: answer.status, body: parsed(await answer.text()), retryAfter: Number(answer.headers.get("retry-after")) };
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** A random UUID, also where the page came over plain http. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
