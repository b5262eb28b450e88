// Puts AskFirst on a page of somebody else's: a floating button that opens the chat in a dialog, or the chat inside an
// element. All of it stands in a shadow tree, so that neither page changes how the other looks, and nothing needs style
// attributes, which strict policies forbid.
(() => {
  "use strict";
  const WORDS = {};
  const STYLE = "";

  const script = document.currentScript ?? document.querySelector('script[src$="/embed.js"]');
  if (!script || document.getElementById("askfirst-embed")) return;
  const given = script.dataset;
  const base = new URL(".", script.src);
  const spoken = (given.lang && given.lang !== "auto" ? given.lang : document.documentElement.lang || navigator.language || "").toLowerCase();
  const lang = /^i[dn]\b/.test(spoken) ? "id" : "en";
  const theme = ["light", "dark"].includes(given.theme) ? given.theme : "auto";
  const words = WORDS[lang];

  // What is remembered ends with the visit. Where a browser keeps nothing for us, nothing is remembered.
  const remember = (key, value) => { try { sessionStorage.setItem(`askfirst-${key}`, value ? "1" : ""); } catch { /* private */ } };
  const remembered = (key) => { try { return sessionStorage.getItem(`askfirst-${key}`) === "1"; } catch { return false; } };

  const make = (name, attributes = {}, ...inside) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...inside);
    return node;
  };
  const drawn = (...paths) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 32 32");
    svg.setAttribute("aria-hidden", "true");
    for (const d of paths) {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  };
  const rooted = (host) => {
    const root = host.attachShadow({mode: "open"});
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    return root;
  };

  const chat = () => {
    const address = new URL("embed", base);
    address.search = new URLSearchParams({lang, theme});
    return make("iframe", {src: address.href, title: words.title, allow: "clipboard-write", referrerpolicy: "strict-origin"});
  };
  const tell = (frame, what) => frame.contentWindow?.postMessage({askfirst: what}, base.origin);

  const fill = () => {
    const place = document.querySelector(given.target);
    if (!place) {
      console.error(`AskFirst: no element ${given.target} to put the chat into`);
      return;
    }
    const host = make("div", {id: "askfirst-embed", "data-theme": theme, "data-within": ""});
    const frame = chat();
    rooted(host).append(frame);
    frame.addEventListener("load", () => tell(frame, "hello"));
    place.append(host);
  };

  const float = () => {
    const host = make("div", {id: "askfirst-embed", lang, "data-theme": theme, "data-position": given.position === "left" ? "left" : "right"});
    const button = make("button", {type: "button", class: "open", "aria-haspopup": "dialog", "aria-expanded": "false"},
      drawn("M8 9.5h16V21h-7.5l-5 4v-4H8z", "m12.5 15.3 2.5 2.5 4.5-4.8"), make("span", {}, words.open));
    const larger = make("button", {type: "button", class: "larger"}, drawn());
    const close = make("button", {type: "button", class: "close", "aria-label": words.close, title: words.close}, drawn("M9 9l14 14M23 9L9 23"));
    const dialog = make("dialog", {role: "dialog", "aria-modal": "true", "aria-labelledby": "name"},
      make("header", {}, make("b", {id: "name"}, words.title), larger, close));
    let frame = null;
    let ready = false;
    const into = () => {
      frame.focus();
      if (ready) tell(frame, "focus");
    };

    const size = (large) => {
      dialog.toggleAttribute("data-large", large);
      larger.setAttribute("aria-label", large ? words.smaller : words.larger);
      larger.title = large ? words.smaller : words.larger;
      larger.replaceChildren(drawn(large ? "M14 7v11H3M18 25V14h11" : "M18 6h8v8M14 26H6v-8M26 6l-9 9M6 26l9-9"));
      remember("large", large);
    };
    const open = () => {
      if (!frame) {
        frame = chat();
        frame.addEventListener("load", () => {
          ready = true;
          tell(frame, "hello");
          if (dialog.open) into();
        });
        dialog.append(frame);
      }
      if (!dialog.open) dialog.showModal();
      button.setAttribute("aria-expanded", "true");
      into();
      remember("open", true);
    };

    button.addEventListener("click", open);
    close.addEventListener("click", () => dialog.close());
    larger.addEventListener("click", () => size(!dialog.hasAttribute("data-large")));
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => {
      button.setAttribute("aria-expanded", "false");
      button.focus();
      remember("open", false);
    });
    // Focus stays in the dialog, of which the browser's own bars would else be a part.
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Tab") return;
      if (event.shiftKey && root.activeElement === larger) {
        event.preventDefault();
        frame.focus();
        tell(frame, "last");
      }
    });
    addEventListener("message", (event) => {
      if (event.origin !== base.origin || !frame || event.source !== frame.contentWindow) return;
      if (event.data?.askfirst === "close") dialog.close();
      if (event.data?.askfirst === "leave") larger.focus();
    });

    const root = rooted(host);
    root.append(button, dialog);
    document.body.append(host);
    size(remembered("large"));
    if (remembered("open")) open();
  };

  const start = given.target ? fill : float;
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start, {once: true});
  else start();
})();
