// The municipality's site loads this file: <script src="https://…/widget.js" defer></script>
// It adds a button that opens the chat in a frame. Attributes: data-label, data-side ("left" or "right").

(() => {
  const script = document.currentScript;
  const address = new URL("sohbet", script.src);
  const label = script.dataset.label || "Belediyeye yazın";
  const side = script.dataset.side === "left" ? "left" : "right";

  const style = `
    :host { all: initial; }
    button { position: fixed; z-index: 2147483000; bottom: max(1rem, env(safe-area-inset-bottom)); ${side}: 1rem;
      display: flex; align-items: center; gap: .625rem; min-height: 3.25rem; padding: .5rem 1.25rem .5rem 1rem; border: 0;
      border-radius: 1.75rem; background: #0c5c69; color: #fff; font: 600 1rem/1.3 system-ui, sans-serif; cursor: pointer;
      box-shadow: 0 4px 18px rgb(0 0 0 / 25%); }
    button:focus-visible { outline: 3px solid #0c5c69; outline-offset: 3px; }
    button[aria-expanded="true"] { display: none; }
    svg { width: 1.5rem; height: 1.5rem; }
    b { min-width: 1.25rem; padding: 0 .3125rem; border-radius: 1rem; background: #fff; color: #0c5c69; font-size: .8125rem; text-align: center; }
    b:empty { display: none; }
    iframe { position: fixed; z-index: 2147483001; bottom: 1rem; ${side}: 1rem; width: min(25rem, calc(100vw - 2rem));
      height: min(42rem, calc(100dvh - 2rem)); border: 0; border-radius: 1.25rem; background: Canvas; color-scheme: light dark;
      box-shadow: 0 10px 40px rgb(0 0 0 / 30%); }
    iframe[hidden] { display: none; }
    @media (max-width: 30rem) { iframe { inset: 0; width: 100%; height: 100dvh; border-radius: 0; } }
  `;

  const holder = document.createElement("div");
  const root = holder.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const count = document.createElement("b");
  button.append(bubble(), label, count);
  button.addEventListener("click", open);
  root.append(button);
  document.body.append(holder);

  let frame = null;
  let unread = 0;

  function open() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.allow = `geolocation ${address.origin}; camera ${address.origin}`;
      frame.src = address.href;
      root.append(frame);
    }
    frame.hidden = false;
    button.setAttribute("aria-expanded", "true");
    tell(0);
    frame.focus();
  }

  function close() {
    frame.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  }

  function tell(number) {
    unread = number;
    count.textContent = unread ? String(unread) : "";
  }

  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== address.origin) return;
    if (event.data?.hizmetSohbet === "close") close();
    if (event.data?.hizmetSohbet === "message" && frame.hidden) tell(unread + 1);
  });

  function bubble() {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M4.5 6A1.5 1.5 0 0 1 6 4.500h12A1.5 1.5 0 0 1 19.5 6v8.500A1.5 1.5 0 0 1 18 16h-7l-4.5 3.800V16H6a1.5 1.5 0 0 1-1.5-1.500z");
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", "currentColor");
    path.setAttribute("stroke-width", "1.8");
    path.setAttribute("stroke-linejoin", "round");
    drawing.append(path);
    return drawing;
  }
})();
