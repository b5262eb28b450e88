// What the screens do in the browser besides Gradio's: copying, letters, the language kept, and screens that open over a
// conversation instead of ending it. Every link works without it.
(() => {
  "use strict";
  const KEPT = "askfirst-lang";
  const keep = (lang) => { try { localStorage.setItem(KEPT, lang); } catch { /* private window */ } };
  const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
  const isChat = () => document.getElementById("af-app") !== null;
  // Gradio puts this into its page when that is long there.
  const ready = (then) => { if (document.readyState === "loading") addEventListener("DOMContentLoaded", then); else then(); };
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // A screen opened without a language is shown in the one that was chosen last.
  const asked = new URLSearchParams(location.search);
  if (document.documentElement.classList.contains("af-auto") && !asked.has("lang")) {
    const lang = kept();
    if ((lang === "en" || lang === "id") && lang !== document.documentElement.lang) {
      asked.set("lang", lang);
      location.replace(`?${asked}${location.hash}`);
    }
  }

  const announce = (text) => {
    const inside = document.querySelector("dialog[open]") ?? document.body;
    let status = inside.querySelector(":scope > .af-status");
    if (!status) {
      status = document.createElement("div");
      status.className = "af-status af-unseen";
      status.setAttribute("role", "status");
      inside.append(status);
    }
    status.textContent = "";
    setTimeout(() => { status.textContent = text; }, 50);
  };

  const copy = async (text, beside) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // only encrypted pages and this machine's own have a clipboard
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "af-unseen";
      beside.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      beside.focus();
    }
  };

  const done = (button) => {
    const label = button.querySelector("span");
    const said = button.dataset.done;
    if (!label || label.textContent === said) return;
    const before = label.textContent;
    label.textContent = said;
    announce(said);
    setTimeout(() => { label.textContent = before; }, 2500);
  };

  const written = (inside) => inside.closest(".af-letter")?.querySelector("textarea")?.value ?? "";

  // Every message replaces the whole conversation: what a person unfolded or wrote in it before is put back.
  const opened = new Map();
  const changed = new Map();
  const parts = (kind) => [...document.querySelectorAll(`#af-history ${kind}`)];
  const fold = (details, at) => `${at} ${details.querySelector("summary").textContent}`;
  const letter = (text, at) => `${at} ${text.defaultValue}`;
  const keepPart = (part) => {
    const details = part.closest?.("summary")?.parentElement;
    const at = parts("details").indexOf(details);
    if (at >= 0) opened.set(fold(details, at), !details.open); // it opens or closes after this click
  };
  const keepText = (text) => {
    const at = parts("textarea").indexOf(text);
    if (at >= 0) changed.set(letter(text, at), text.value);
  };
  const restore = () => {
    if (!document.querySelector(".af-turn")) { // a new conversation
      opened.clear();
      changed.clear();
    }
    if (opened.size) parts("details").forEach((details, at) => {
      const open = opened.get(fold(details, at));
      if (open !== undefined && open !== details.open) details.open = open;
    });
    if (changed.size) parts("textarea").forEach((text, at) => {
      const kept = changed.get(letter(text, at));
      if (kept !== undefined && kept !== text.value) text.value = kept;
    });
  };
  addEventListener("input", (event) => keepText(event.target));
  addEventListener("click", (event) => keepPart(event.target));
  ready(() => new MutationObserver(restore).observe(
    document.documentElement, {childList: true, subtree: true, attributes: true, attributeFilter: ["open"]}
  ));

  const mail = (link) => {
    const text = written(link);
    const to = link.getAttribute("href").split("?")[0];
    const address = (body) => `${to}?subject=${encodeURIComponent(link.dataset.subject)}` +
      `&body=${encodeURIComponent(body.toWellFormed?.() ?? body).replace(/%0A/g, "%0D%0A")}`;
    const whole = address(text);
    if (whole.length > 1900) { // mail programs cut longer addresses
      copy(text, link);
      announce(link.dataset.long);
    }
    link.href = whole.length > 1900 ? address(link.dataset.long) : whole;
  };

  // A draft back where one writes, to be mended and checked again.
  const mend = (text) => {
    document.querySelector('#af-kind input[value="draft"]')?.click();
    const field = document.querySelector("#af-box textarea");
    if (!field) return;
    field.value = text;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    field.focus();
  };

  // A screen over the conversation -----------------------------------------------------------------------------------
  let over = null;
  const make = () => {
    over = document.createElement("dialog");
    over.id = "af-over";
    over.className = "af-page";
    over.innerHTML = '<div class="af-over-bar"><a class="af-quiet" target="_blank"></a>' +
      '<button type="button" class="af-button" data-close></button></div><div class="af-over-body"></div>';
    over.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
    over.addEventListener("click", (event) => { if (event.target === over) leave(); });
    over.addEventListener("submit", (event) => {
      event.preventDefault();
      const query = new URLSearchParams(new FormData(event.target));
      open(`${event.target.getAttribute("action").split("?")[0]}?${query}`);
    });
    document.body.append(over);
  };
  if (history.state?.askfirst) history.replaceState({...history.state, askfirst: null}, ""); // after a reload nothing is open
  const depth = () => history.state?.askfirst?.depth ?? 0;
  const leave = () => depth() > 0 ? history.go(-depth()) : over?.close();

  const show = async (address) => {
    let main = null;
    let title = "";
    try {
      const response = await fetch(address, {headers: {accept: "text/html"}});
      const found = new DOMParser().parseFromString(await response.text(), "text/html");
      main = found.getElementById("af-content");
      title = found.title;
      main?.setAttribute("lang", found.documentElement.lang);
    } catch { /* below */ }
    if (!main) { // signed out meanwhile, or no server: the whole page says what is the matter
      location.href = address;
      return;
    }
    for (const name of ["href", "action", "data-link"]) {
      main.querySelectorAll(`[${name}]:not([${name}^="#"])`).forEach((node) => {
        node.setAttribute(name, new URL(node.getAttribute(name), address).href);
      });
    }
    if (!over) make();
    over.setAttribute("aria-label", title);
    const apart = over.querySelector(".af-over-bar a");
    apart.href = address;
    apart.textContent = main.dataset.apart;
    apart.lang = main.lang;
    const close = over.querySelector("[data-close]");
    close.textContent = main.dataset.close;
    close.lang = main.lang;
    const body = over.querySelector(".af-over-body");
    body.replaceChildren(main);
    if (!over.open) over.showModal();
    body.scrollTop = 0;
    main.focus({preventScroll: true});
    reach(body);
  };

  const open = (address) => {
    history.pushState({...history.state, askfirst: {address, depth: depth() + 1}}, "");
    show(address);
  };

  addEventListener("popstate", (event) => {
    const to = event.state?.askfirst?.address;
    if (to && isChat()) show(to);
    else if (over?.open) over.close();
  });

  // The clause one came for, where it does not show at once.
  const reach = (inside) => {
    const cited = inside.querySelector("[aria-current=true].af-clause");
    if (!cited || location.hash) return;
    const bottom = cited.getBoundingClientRect().bottom;
    if (bottom > innerHeight) cited.scrollIntoView({block: "center", behavior: calm() ? "auto" : "smooth"});
  };
  ready(() => {
    if (document.documentElement.classList.contains("af-auto")) reach(document);
  });

  document.addEventListener("click", (event) => {
    const at = event.target.closest?.(
      "[data-copy], [data-link], [data-again], [data-mail], [data-lang], [data-kind], [data-over], [data-screen], [data-home], [data-close], [data-part]"
    );
    if (!at || event.defaultPrevented) return;
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const given = at.dataset;
    if ("copy" in given) copy(given.copy || written(at), at).then(() => done(at));
    else if ("link" in given) copy(new URL(given.link, location.href).href, at).then(() => done(at));
    else if ("again" in given) mend(given.again);
    else if ("mail" in given) mail(at);
    else if ("lang" in given) keep(given.lang);
    else if ("close" in given) leave();
    else if (!plain || !isChat()) return;
    else if ("part" in given) {
      event.preventDefault();
      over?.querySelector(at.getAttribute("href"))?.scrollIntoView({behavior: calm() ? "auto" : "smooth"});
    }
    else if ("kind" in given || "home" in given) {
      event.preventDefault();
      if (over?.open) leave();
      document.querySelector(`#af-kind input[value="${given.kind ?? "question"}"]`)?.click();
    } else if ("over" in given || document.querySelector(".af-turn")) {
      event.preventDefault();
      open(at.href);
    }
  });
})();
