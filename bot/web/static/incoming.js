// What is there for the citizen: read at the start, then streamed; asked for from time to time where streaming fails.

import { post } from "./outgoing.js";

const SILENCE = 45000;
const POLL = 3000;
const STREAM_AGAIN = 30000;

export class Incoming extends EventTarget {
  constructor() {
    super();
    this.last = 0;
    this.seen = new Set();
    this.source = null;
    this.timers = {};
  }

  /** The thread from the server, then what comes. */
  async start() {
    this.stopped = false;
    await this.read();
    this.stream();
  }

  async read() {
    try {
      const answer = await fetch(`chat/messages?after=${this.last}`, { cache: "no-store", signal: AbortSignal.timeout(15000) });
      if (this.stopped) return;
      if (answer.ok) {
        const { messages, session } = await answer.json();
        this.tell("session", session);
        messages.forEach((line) => this.take(line));
        this.state("connected");
        this.tell("read");
        return;
      }
    } catch { /* told below */ }
    if (!this.stopped) this.state("away");
  }

  stream() {
    this.quit();
    if (this.stopped || !navigator.onLine) return;
    const source = new EventSource(`chat/stream?after=${this.last}`);
    this.source = source;
    const alive = () => {
      this.state("connected");
      this.wait("silence", SILENCE, () => this.stream());
    };
    source.onopen = alive;
    source.addEventListener("alive", alive);
    source.onmessage = (event) => {
      alive();
      this.take(JSON.parse(event.data));
    };
    source.onerror = () => {
      if (this.source !== source) return;
      if (source.readyState === EventSource.CLOSED) this.poll();
      else this.wait("away", 3000, () => this.state("away"));
    };
    this.wait("silence", SILENCE, () => this.stream());
  }

  /** The fallback; streaming is tried again after a while. */
  poll() {
    this.quit();
    const again = () => this.wait("poll", POLL, async () => {
      await this.read();
      if (!this.stopped && !this.source) again();
    });
    again();
    this.wait("again", STREAM_AGAIN, () => this.stream());
  }

  take(line) {
    if (line.id) this.last = Math.max(this.last, line.id);
    this.tell("line", line);
    if (line.unseen && line.id) {
      this.seen.add(line.id);
      this.wait("ack", 200, () => this.acknowledge());
    }
  }

  /** Only the server's answer makes a message 'delivered'; what is not acknowledged comes again. */
  async acknowledge() {
    const seen = [...this.seen].slice(0, 500);
    if (!seen.length || this.stopped) return;
    try {
      const { status } = await post("chat/ack", { seen });
      if (status === 200) seen.forEach((id) => this.seen.delete(id));
      else throw new Error(String(status));
    } catch {
      this.wait("ack", 5000, () => this.acknowledge());
    }
  }

  offline() {
    this.quit();
    this.state("offline");
  }

  async online() {
    await this.read();
    this.stream();
  }

  stop() {
    this.stopped = true;
    this.quit();
    clearTimeout(this.timers.ack);
  }

  quit() {
    this.source?.close();
    this.source = null;
    for (const name of ["silence", "away", "poll", "again"]) clearTimeout(this.timers[name]);
  }

  state(name) {
    if (name === "connected") clearTimeout(this.timers.away);
    this.tell("state", navigator.onLine ? name : "offline");
  }

  wait(name, milliseconds, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, milliseconds);
  }

  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
