// Small things around the page: elements, text with links, a question, storage that may be refused.

const SPACE = "http://www.w3.org/2000/svg";

/** An element with a class and children; strings become text, never markup. */
export function element(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function icon(name) {
  const drawing = document.createElementNS(SPACE, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SPACE, "use");
  use.setAttribute("href", `static/icons.svg#${name}`);
  drawing.append(use);
  return drawing;
}

/** The text as nodes; http(s) addresses become links. */
export function withLinks(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']+/g)) {
    const address = found[0].replace(/[.,;:!?)\]]+$/, "");
    if (!URL.canParse(address)) continue;
    const link = element("a", "", address);
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    nodes.push(text.slice(from, found.index), link);
    from = found.index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

/** Asks with the page's dialog; true where the citizen agrees. */
export function ask(text, yes) {
  const dialog = document.getElementById("ask");
  const agree = document.getElementById("ask-yes");
  const refuse = document.getElementById("ask-no");
  document.getElementById("ask-text").textContent = text;
  agree.textContent = yes;
  return new Promise((resolve) => {
    let agreed = false;
    agree.onclick = () => { agreed = true; dialog.close(); };
    refuse.onclick = () => dialog.close();
    dialog.addEventListener("close", () => resolve(agreed), { once: true });
    dialog.showModal();
  });
}

const PREFIX = "hizmet-sohbet:";
const memory = new Map();

/** localStorage; where the browser refuses it, only as long as the page lives. */
export const storage = {
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + name));
    } catch {
      return memory.get(name) ?? null;
    }
  },
  set(name, value) {
    memory.set(name, value);
    try {
      localStorage.setItem(PREFIX + name, JSON.stringify(value));
    } catch { /* kept in memory */ }
  },
  remove(name) {
    memory.delete(name);
    try {
      localStorage.removeItem(PREFIX + name);
    } catch { /* nothing was kept */ }
  },
  clear() {
    memory.clear();
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    } catch { /* nothing was kept */ }
  },
  /** Calls back where another window of this browser changed `name`. */
  watch(name, changed) {
    addEventListener("storage", (change) => {
      if (change.key === PREFIX + name && change.newValue !== null) changed();
    });
  },
};
