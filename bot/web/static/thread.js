// The thread on the screen. All text is set as text.

import { element, icon, withLinks } from "./dom.js";

const clock = new Intl.DateTimeFormat("tr", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("tr", { day: "numeric", month: "long", weekday: "long" });

export class Thread {
  /** `acts`: press(line, button), position(), retry(id). */
  constructor(log, scroller, newer, texts, acts) {
    Object.assign(this, { log, scroller, newer, texts, acts });
    this.byId = new Map();
    this.byClientId = new Map();
    newer.onclick = () => this.toEnd();
    scroller.addEventListener("scroll", () => { if (this.atEnd()) newer.hidden = true; }, { passive: true });
    new ResizeObserver(() => { if (this.stays) this.toEnd(); }).observe(scroller);
    scroller.addEventListener("scroll", () => { this.stays = this.atEnd(); }, { passive: true });
    this.stays = true;
  }

  get empty() {
    return !this.log.childElementCount;
  }

  /** Shows a line from the server; true where it was not there before. */
  put(line) {
    if (line.id && this.byId.has(line.id)) return false;
    const known = line.client_id && this.byClientId.get(line.client_id);
    if (known) {
      if (line.id) this.byId.set(line.id, known);
      this.settle(line.client_id, line.at, line.id);
      return false;
    }
    const row = this.row(line);
    if (line.id) this.byId.set(line.id, row);
    if (line.client_id) this.byClientId.set(line.client_id, row);
    this.insert(row);
    return true;
  }

  /** Shows a message that is on its way. */
  putOwn(item, picture = null) {
    const line = { ...item, id: null, client_id: item.id, author: "citizen", kind: item.kind, files: item.name ? [item.name] : [] };
    const row = this.row(line, picture);
    this.byClientId.set(item.id, row);
    row.unsent = true;
    this.insert(row);
    this.toEnd();
  }

  /** The server has stored it: its clock says when, whatever the citizen's clock shows. */
  settle(clientId, at, id = null) {
    const row = this.byClientId.get(clientId);
    if (!row) return;
    this.setState(clientId, "sent");
    const order = id ?? row.order;
    if (row.at === at && row.order === order) return;
    row.at = at;
    row.order = order;
    row.time.dateTime = at;
    row.time.textContent = clock.format(new Date(at));
    this.place(row);
    this.arrange();
  }

  /** `state` is sending, sent, later, failed or uploading; `detail` a share (0 to 1) or a reason. */
  setState(clientId, state, detail = null) {
    const row = this.byClientId.get(clientId);
    if (!row || !row.state || (row.settled && state !== "sent")) return;
    row.settled = state === "sent";
    row.unsent = !row.settled;
    row.classList.toggle("waits", !row.settled);
    row.classList.toggle("troubled", state === "failed");
    const parts = [];
    if (state === "uploading") {
      const bar = element("progress");
      bar.max = 1;
      bar.value = detail;
      bar.setAttribute("aria-label", this.texts.uploading);
      parts.push(bar);
    } else if (state === "failed") {
      parts.push(this.texts[`error_${detail}`] ?? this.texts.error_other);
      if (detail !== "file_lost") parts.push(this.retryButton(clientId));
    } else if (state === "later") {
      parts.push(`${this.texts.failed}; ${this.texts.later}`, this.retryButton(clientId));
    } else {
      parts.push(this.texts[state]);
    }
    row.state.replaceChildren(...parts);
  }

  retryButton(clientId) {
    const button = element("button", "", this.texts.retry);
    button.type = "button";
    button.onclick = () => this.acts.retry(clientId);
    return button;
  }

  row(line, picture = null) {
    const own = line.author === "citizen";
    const row = element("div", `line ${own ? "own" : line.author}`);
    row.at = line.at;
    row.order = line.id ?? Infinity;
    row.own = own;
    row.author = line.author;
    const name = own ? this.texts.you : line.author === "staff" ? this.texts.staff : this.texts.assistant;
    const colon = element("span", "hidden-text", ": ");
    row.append(element("span", line.author === "staff" ? "author" : "hidden-text", name, colon));
    row.append(element("div", "bubble", ...this.content(line, own, picture)));
    const time = element("time", "", clock.format(new Date(line.at)));
    time.dateTime = line.at;
    row.state = own ? element("span", "") : null;
    row.state?.setAttribute("aria-live", "off");
    row.time = time;
    row.append(element("div", "meta", time, row.state));
    if (!own && (line.buttons?.length || line.wants_location)) row.append(this.choices(row, line));
    return row;
  }

  content(line, own, picture) {
    const parts = [];
    if (picture) {
      const image = element("img");
      image.src = picture;
      image.alt = this.texts.photo_line;
      image.onload = () => { if (this.stays) this.toEnd(); };
      parts.push(image);
    } else {
      for (const name of line.files ?? []) {
        const what = line.kind === "photo" ? this.texts.photo_line : this.texts.file_line;
        parts.push(element("span", "piece", icon(line.kind === "photo" ? "photo" : "file"), `${what}: ${name}`));
      }
    }
    if (line.kind === "location") parts.push(element("span", "piece", icon("pin"), this.texts.position_line));
    if (line.text) parts.push(...(own ? [line.text] : withLinks(line.text)));
    return parts;
  }

  choices(row, line) {
    const holder = element("div", "choices");
    for (const button of line.buttons ?? []) {
      const choice = element("button", "choice", button.label);
      choice.type = "button";
      choice.onclick = () => {
        choice.classList.add("pressed");
        this.acts.press(button);
      };
      holder.append(choice);
    }
    if (line.wants_location) {
      const choice = element("button", "choice", icon("pin"), this.texts.position);
      choice.type = "button";
      choice.onclick = () => this.acts.position();
      holder.append(choice);
    }
    row.choices = holder;
    return holder;
  }

  insert(row) {
    const stays = this.atEnd() || row.own;
    this.place(row);
    this.arrange();
    if (stays) this.toEnd();
    else this.newer.hidden = false;
  }

  /** In order of time; what is not sent yet stays last. A row that stands right is not touched. */
  place(row) {
    const rows = [...this.log.querySelectorAll(".line")];
    const next = row.unsent ? null : rows.find((other) => other !== row && (
      other.unsent || other.at > row.at || (other.at === row.at && other.order > row.order))) ?? null;
    const now = rows.indexOf(row);
    if (now < 0 || (rows[now + 1] ?? null) !== next) this.log.insertBefore(row, next);
  }

  /** Day marks, groups, and which buttons may still be pressed. */
  arrange() {
    this.log.querySelectorAll(".day").forEach((mark) => mark.remove());
    const rows = [...this.log.querySelectorAll(".line")];
    const lastOwn = rows.findLastIndex((row) => row.own);
    let previous = null;
    rows.forEach((row, index) => {
      const dayName = this.dayOf(row.at);
      const newDay = !previous || this.dayOf(previous.at) !== dayName;
      if (newDay) row.before(element("p", "day", dayName));
      const follows = !newDay && previous.author === row.author && new Date(row.at) - new Date(previous.at) < 120000;
      row.classList.toggle("follows", follows);
      row.classList.remove("follows-next");
      if (follows && !previous.choices) previous.classList.add("follows-next");
      row.choices?.querySelectorAll("button").forEach((button) => { button.disabled = index < lastOwn; });
      if (row.choices) row.choices.hidden = index < lastOwn && !row.choices.querySelector(".pressed");
      previous = row;
    });
  }

  dayOf(at) {
    const moment = new Date(at);
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
    return days === 0 ? this.texts.today : days === 1 ? this.texts.yesterday : day.format(moment);
  }

  get lastAuthor() {
    return [...this.log.querySelectorAll(".line:not(.own)")].at(-1)?.author ?? null;
  }

  atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 60;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.newer.hidden = true;
    this.stays = true;
  }
}
