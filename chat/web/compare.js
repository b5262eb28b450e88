// What the screen that compares does in the browser: filters without a new page, clauses in a dialog, the map, and the
// table by arrow keys. Everything but the map works without it.
(() => {
  "use strict";
  const one = (selector, inside = document) => inside.querySelector(selector);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const result = () => document.getElementById("af-cmp-result");

  const fetched = async (address) => {
    try {
      const response = await fetch(address, {headers: {accept: "text/html"}});
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      return one("#af-content", page) ? page : null;
    } catch {
      return null;
    }
  };

  // Filters ----------------------------------------------------------------------------------------------------------
  let latest = 0;
  const swap = async (address, {keep = true} = {}) => {
    const turn = ++latest;
    result().setAttribute("aria-busy", "true");
    const page = await fetched(address);
    if (turn !== latest) return;
    const found = page && one("#af-cmp-result", page);
    if (!found) { // signed out meanwhile, or no server: the whole page says what is the matter
      location.href = address;
      return;
    }
    const open = new Set(all("details[open] > summary", result()).map((summary) => summary.textContent));
    one("#af-cmp-said").replaceChildren(...one("#af-cmp-said", page).childNodes);
    const spoken = one("[role=status]", result());
    result().replaceChildren(...found.childNodes);
    result().removeAttribute("aria-busy");
    for (const summary of all("details > summary", result())) {
      if (open.has(summary.textContent) && !summary.closest(".af-cmp-gap")) summary.parentElement.open = true;
    }
    // A message is read out where it changes, not where it comes new.
    const fresh = one("[role=status]", result());
    if (spoken && fresh) { spoken.textContent = fresh.textContent; fresh.replaceWith(spoken); }
    const cleared = one(".af-cmp-apply a", page);
    const before = one(".af-cmp-apply a");
    if (cleared && !before) one(".af-cmp-apply").append(cleared);
    if (!cleared) before?.remove();
    const other = one("#af-cmp-filters select[name=with]", page);
    if (other) one("#af-cmp-filters select[name=with]").value = other.value;
    const draft = document.getElementById("af-cmp-draft");
    const carried = (form) => all("input[type=hidden]", form);
    for (const field of carried(draft)) field.remove(); // a draft that is sent next is compared as is shown now
    draft.prepend(...carried(one("#af-cmp-draft", page)));
    const langs = one(".af-langs", page);
    if (langs) one(".af-langs").replaceWith(langs);
    if (keep) history.replaceState(null, "", address);
    prepare();
    const part = new URL(address, location.href).hash;
    if (part) {
      const target = one(part);
      target?.scrollIntoView();
      target?.focus({preventScroll: true});
    }
  };
  const filtered = (form) => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
    return swap(`${form.getAttribute("action")}?${query}`);
  };

  // Clauses in a dialog ----------------------------------------------------------------------------------------------
  const show = async (address) => {
    const page = await fetched(address);
    if (!page) {
      location.href = address;
      return;
    }
    let dialog = document.getElementById("af-cmp-over");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "af-cmp-over";
      dialog.className = "af-page";
      dialog.innerHTML = '<div class="af-cmp-close"><button type="button" class="af-button"></button></div><div></div>';
      one("button", dialog).addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
      document.body.append(dialog);
    }
    const main = one("#af-content", page);
    main.removeAttribute("id");
    for (const link of all("[href]", main)) link.href = new URL(link.getAttribute("href"), new URL(address, location.href)).href;
    for (const link of all("a[data-apart]", main)) link.target = "_blank";
    one("button", dialog).textContent = main.dataset.close;
    dialog.setAttribute("aria-label", one("h1", main).textContent);
    dialog.lastElementChild.replaceChildren(main);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    main.focus({preventScroll: true});
  };

  // The table by arrow keys ------------------------------------------------------------------------------------------
  const field = (cell) => cell?.firstElementChild;
  const tabbed = () => {
    const table = document.getElementById("af-cmp-table");
    if (!table) return;
    const fields = all("tbody td > *", table);
    fields.forEach((item, at) => { item.tabIndex = at ? -1 : 0; });
    table.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td");
      if (!cell || !field(cell) || event.ctrlKey || event.altKey || event.metaKey) return;
      const row = cell.parentElement;
      const cells = all("td:not(.af-cmp-share)", row);
      const at = cells.indexOf(cell);
      const below = (line) => line && all("td:not(.af-cmp-share)", line)[at];
      const to = {
        ArrowRight: cells[at + 1], ArrowLeft: cells[at - 1], Home: cells[0], End: cells.at(-1),
        ArrowDown: below(row.nextElementSibling), ArrowUp: below(row.previousElementSibling),
      }[event.key];
      if (!to) return;
      event.preventDefault();
      event.target.tabIndex = -1;
      field(to).tabIndex = 0;
      field(to).focus();
      field(to).scrollIntoView({block: "nearest", inline: "center"});
    });
  };

  // The map ----------------------------------------------------------------------------------------------------------
  const SIDE = 24; // pixels of a field: room for its sign, and for a finger
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  const safe = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const wrapped = (text, width = 60) => safe(text.replace(new RegExp(`(.{1,${width}})(\\s+|$)`, "g"), "$1\n").trim()).replaceAll("\n", "<br>");
  const draw = () => {
    const place = document.getElementById("af-cmp-map");
    const holder = document.getElementById("af-cmp-data");
    if (!place || !holder || !window.Plotly) return;
    const data = JSON.parse(holder.textContent);
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--af-${name}`).trim();
    const fills = {
      unknown: colour("ask-wash"), missing: colour("sunken"), partly: colour("yes_if-ink"), covered: colour("yes-ink"), contradicts: colour("no-ink"),
    };
    const inks = {unknown: colour("ask-ink"), missing: colour("muted"), partly: colour("surface"), covered: colour("surface"), contradicts: colour("surface")};
    const kinds = data.kinds.length;
    const steps = data.kinds.flatMap((kind, at) => [[at / kinds, fills[kind]], [(at + 1) / kinds, fills[kind]]]);
    const wide = document.documentElement.clientWidth > 640;
    const names = wide ? 40 : 16;
    const left = wide ? 290 : 150;
    const top = 190;
    const hover = data.fields.map((line, row) => line.map((kind, at) =>
      `<b>${safe(cut(data.policies[at][1], 60))}</b><br>${safe(data.practices[row][1])}<br>${data.signs[kind]} ${safe(data.words[kind])}` +
      (data.clauses[row][at] ? `<br><br>${wrapped(data.clauses[row][at])}` : "")));
    const flat = data.fields.flatMap((line, row) => line.map((kind, at) => [at, row, kind]));
    const width = left + 20 + Math.max(SIDE * data.policies.length, 60);
    const room = place.parentElement.clientWidth - 2;
    const font = {family: style.getPropertyValue("--af-sans"), size: 12, color: colour("ink")};
    const signs = data.kinds.map((kind, number) => {
      const own = flat.filter((point) => point[2] === number);
      return {
        type: "scatter", mode: "text", hoverinfo: "skip", x: own.map((point) => point[0]), y: own.map((point) => point[1]),
        text: own.map(() => data.signs[number]), textfont: {size: 12, color: inks[kind]}, showlegend: false,
      };
    });
    window.Plotly.react(place, [
      {
        type: "heatmap", z: data.fields, zmin: -0.5, zmax: kinds - 0.5, colorscale: steps, showscale: false, xgap: 2, ygap: 2,
        text: hover, hovertemplate: "%{text}<extra></extra>",
      },
      ...signs,
    ], {
      width: Math.max(width, Math.min(room, width * 1.6)), height: top + 20 + SIDE * data.practices.length, margin: {l: left, r: 20, t: top, b: 20, pad: 4},
      font, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false, hovermode: "closest",
      hoverlabel: {align: "left", bgcolor: colour("surface"), bordercolor: colour("edge"), font: {...font, size: 13}},
      xaxis: {
        side: "top", tickangle: -60, tickvals: data.policies.map((_, at) => at), ticktext: data.policies.map((policy) => safe(cut(policy[1], 28))),
        fixedrange: true, showgrid: false, zeroline: false, range: [-0.5, data.policies.length - 0.5],
      },
      yaxis: {
        tickvals: data.practices.map((_, at) => at), ticktext: data.practices.map((practice) => safe(cut(practice[1], names))),
        fixedrange: true, showgrid: false, zeroline: false, range: [data.practices.length - 0.5, -0.5],
      },
    }, {displayModeBar: false, responsive: false});
    place.removeAllListeners?.("plotly_click");
    place.on("plotly_click", (event) => {
      const point = event.points[0];
      const query = new URLSearchParams(data.query);
      query.set("practice", data.practices[point.y][0]);
      if (!data.drafted || point.x) query.set("beside", data.policies[point.x][0]);
      show(`${one("#af-cmp-filters").getAttribute("action")}/cell?${query}`);
    });
  };

  // It is large, and nothing else waits for it.
  let asked = false;
  const fetchDrawing = () => {
    const place = document.getElementById("af-cmp-map");
    if (asked || !place) return;
    asked = true;
    const script = document.createElement("script");
    script.src = place.dataset.drawing;
    script.addEventListener("load", prepare);
    document.head.append(script);
  };

  const prepare = () => {
    if (!result()) return;
    for (const part of all("p.af-cmp-scripted")) part.hidden = false;
    tabbed();
    if (!window.Plotly) fetchDrawing();
    else {
      for (const part of all(".af-cmp-scripted")) part.hidden = false;
      draw();
    }
  };

  addEventListener("DOMContentLoaded", () => {
    if (!result()) return;
    const form = document.getElementById("af-cmp-filters");
    form.addEventListener("change", () => filtered(form));
    form.addEventListener("submit", (event) => { event.preventDefault(); filtered(form); });
    const draft = document.getElementById("af-cmp-draft");
    const button = one("button", draft);
    const idle = button.textContent;
    addEventListener("pageshow", () => { // who comes back may compare again
      button.textContent = idle;
      button.removeAttribute("aria-busy");
    });
    draft.addEventListener("submit", (event) => {
      const file = one("input[type=file]", draft).files[0];
      if (file && file.size > Number(draft.dataset.most)) { // what is too large is not even sent
        event.preventDefault();
        const said = one("#af-cmp-said");
        const alert = document.createElement("p");
        alert.className = "af-cmp-wrong";
        alert.setAttribute("role", "alert");
        alert.textContent = draft.dataset.large.split("\n").join(" · ");
        said.replaceChildren(alert);
        said.scrollIntoView({block: "center"});
        return;
      }
      button.textContent = draft.dataset.busy;
      button.setAttribute("aria-busy", "true");
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    prepare();
    one("section.af-cmp-wrong")?.focus();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-cell], a[data-swap], .af-cmp-apply a");
    if (!link || !result() || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if ("cell" in link.dataset) show(link.getAttribute("href"));
    else {
      if (!("swap" in link.dataset)) for (const field of all("#af-cmp-filters :is(select:not([name=with]), input:not([type=hidden]))")) field.value = "";
      swap(link.getAttribute("href"));
    }
  });
})();
