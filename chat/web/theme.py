"""How the page looks: tokens first, rules after, nothing from outside.

Colours are pairs (light, dark) and every text colour reaches 4.5:1 on the surfaces it stands on; a test computes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import gradio as gr

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
SERIF = ("Iowan Old Style", "Charter", "Palatino Linotype", "Noto Serif", "Georgia", "serif")

# name: (light, dark). `-ink` is text, `-wash` the quiet surface under it.
COLOURS: Mapping[str, tuple[str, str]] = {
    "ground": ("#f6f7f5", "#12171a"),
    "surface": ("#ffffff", "#1a2125"),
    "sunken": ("#eef1ee", "#222b30"),
    "line": ("#dce1dd", "#2f3a40"),
    "edge": ("#7d8882", "#7f8c94"),
    "ink": ("#17211f", "#eef3f1"),
    "muted": ("#55625d", "#a9b6b3"),
    "accent": ("#0f5a50", "#7fd3c4"),
    "accent-strong": ("#0b463e", "#a5e3d8"),
    "on-accent": ("#ffffff", "#0c1f1c"),
    "focus": ("#1d5fd1", "#8ab8ff"),
    "mark": ("#fce9a9", "#5a4812"),
    "yes-ink": ("#14632f", "#86d9a0"),
    "yes-wash": ("#e7f4ea", "#18291f"),
    "yes_if-ink": ("#7a4a00", "#f0c06a"),
    "yes_if-wash": ("#fdf2dc", "#2c2414"),
    "no-ink": ("#a31d22", "#ff9f9a"),
    "no-wash": ("#fdecea", "#311c1c"),
    "ask-ink": ("#27479b", "#a5bfff"),
    "ask-wash": ("#eaf0fc", "#1b2438"),
    "calm-ink": ("#3d4b47", "#c3cecb"),
    "calm-wash": ("#eef1ee", "#222b30"),
}
SIZES: Mapping[str, str] = {
    "text-s": "0.8125rem",
    "text-m": "0.9375rem",
    "text-l": "1.0625rem",
    "text-xl": "1.375rem",
    "text-hero": "clamp(1.75rem, 1.2rem + 2.4vw, 2.5rem)",
    "gap-1": "0.25rem",
    "gap-2": "0.5rem",
    "gap-3": "0.75rem",
    "gap-4": "1rem",
    "gap-5": "1.5rem",
    "gap-6": "2.25rem",
    "round": "0.875rem",
    "round-s": "0.5rem",
    "column": "46rem",
}


def theme() -> gr.themes.Base:
    """Gradio's plainest theme in our colours and the system's own fonts: nothing is fetched for it."""
    light = {name: pair[0] for name, pair in COLOURS.items()}
    dark = {name: pair[1] for name, pair in COLOURS.items()}
    return gr.themes.Base(font=list(SANS), font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=light["ground"],
        body_background_fill_dark=dark["ground"],
        body_text_color=light["ink"],
        body_text_color_dark=dark["ink"],
        body_text_color_subdued=light["muted"],
        body_text_color_subdued_dark=dark["muted"],
        error_background_fill=light["no-wash"],
        error_background_fill_dark=dark["no-wash"],
        error_text_color=light["no-ink"],
        error_text_color_dark=dark["no-ink"],
    )


def tokens() -> str:
    """The design tokens as CSS custom properties, light and dark."""
    light = "".join(f"--af-{name}:{pair[0]};" for name, pair in COLOURS.items())
    dark = "".join(f"--af-{name}:{pair[1]};" for name, pair in COLOURS.items())
    sizes = "".join(f"--af-{name}:{value};" for name, value in SIZES.items())
    fonts = "".join(f"--af-{name}:{_stack(stack)};" for name, stack in (("sans", SANS), ("serif", SERIF)))
    return (
        f":root{{color-scheme:light;{sizes}{fonts}{light}}}.dark{{color-scheme:dark;{dark}}}"
        # Gradio puts `dark` on its own page; the others ask the system themselves.
        f"@media (prefers-color-scheme:dark){{.af-auto{{color-scheme:dark;{dark}}}}}"
    )


def style() -> str:
    """The whole style sheet of every screen."""
    return tokens() + _PAGE + _COMPOSER + _CARDS + Path(__file__).with_name("screens.css").read_text("utf-8")


def _stack(fonts: tuple[str, ...]) -> str:
    return ", ".join(f'"{font}"' if " " in font else font for font in fonts)


_PAGE = """
body { background: var(--af-ground) !important; color: var(--af-ink); }
.gradio-container {
  max-width: none !important; padding: 0 !important; overflow: visible !important;
  background: var(--af-ground) !important; color: var(--af-ink); font-family: var(--af-sans);
  font-size: var(--af-text-m); line-height: 1.55;
}
.gradio-container > .main.app { padding: 0 !important; }
.gradio-container main { max-width: none !important; padding: 0 !important; margin: 0 !important; }
.gradio-container footer { display: none !important; }
#af-app { --layout-gap: 0; min-height: 100vh; min-height: 100dvh; gap: 0; flex-wrap: nowrap; }
#af-app .block {
  background: none; border: 0; box-shadow: none; padding: 0; overflow: visible; border-radius: 0;
}
#af-app .form { background: none; border: 0; box-shadow: none; border-radius: 0; gap: 0; }
#af-app .html-container { padding: 0; }
:is(#af-app, .af-page) :is(p, h1, h2, h3, ul, figure, blockquote) { margin: 0; padding: 0; }
:is(#af-app, .af-page) :is(a, button, summary, textarea, select):focus-visible,
.af-page input:focus-visible, #af-app label:has(input:focus-visible) {
  outline: 3px solid var(--af-focus) !important; outline-offset: 2px; box-shadow: none !important;
}
.af-unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.af-icon {
  width: 1.25em; height: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.9;
  stroke-linecap: round; stroke-linejoin: round;
}
#af-top {
  position: sticky; top: 0; z-index: 5; align-items: center; gap: var(--af-gap-3); flex-wrap: nowrap;
  padding: var(--af-gap-3) max(var(--af-gap-4), env(safe-area-inset-left)); flex-grow: 0;
  background: var(--af-ground); border-bottom: 1px solid var(--af-line);
}
#af-top > * { flex: none; width: auto; min-width: 0 !important; }
#af-top > #af-brand { flex: 1 1 auto; }
.af-brand { display: flex; align-items: center; gap: var(--af-gap-3); color: var(--af-ink); min-width: 0; }
.af-brand svg { width: 2.125rem; height: 2.125rem; flex: none; }
.af-brand svg .af-logo-ground { fill: var(--af-accent); }
.af-brand svg .af-logo-line {
  stroke: var(--af-on-accent); fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round;
}
.af-brand b {
  display: block; font-size: var(--af-text-l); font-weight: 650; letter-spacing: -0.01em; line-height: 1.25;
}
.af-brand span {
  display: block; font-size: var(--af-text-s); color: var(--af-muted); line-height: 1.3; white-space: nowrap;
  overflow: hidden; text-overflow: ellipsis;
}
.af-brand > div { min-width: 0; }
.af-banner {
  display: flex; gap: var(--af-gap-2); align-items: center; justify-content: center;
  padding: var(--af-gap-2) var(--af-gap-4); font-size: var(--af-text-s); color: var(--af-yes_if-ink);
  background: var(--af-yes_if-wash); text-align: center;
}
#af-banner { flex-grow: 0; }
#af-main {
  flex: 1 1 auto; justify-content: flex-start; width: 100%;
  max-width: calc(var(--af-column) + 2 * var(--af-gap-4)); margin: 0 auto;
  padding: var(--af-gap-5) var(--af-gap-4); gap: 0;
}
.af-hello { padding: clamp(1rem, 7vh, 5rem) 0 var(--af-gap-6); }
#af-app .af-hello h1 {
  font-size: var(--af-text-hero); font-weight: 680; letter-spacing: -0.025em; line-height: 1.15;
  color: var(--af-ink);
}
#af-app .af-hello p {
  font-size: var(--af-text-l); color: var(--af-muted); max-width: 34em; margin-top: var(--af-gap-3);
}
#af-app .af-hello h2 {
  font-size: var(--af-text-s); font-weight: 600; color: var(--af-muted); margin-top: var(--af-gap-6);
}
#af-empty { gap: 0; }
#af-empty .af-hello { padding-bottom: var(--af-gap-3); }
#af-examples { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: var(--af-gap-3); }
#af-examples button {
  white-space: normal; text-align: start; justify-content: flex-start; align-items: flex-start; height: 100%;
  min-width: 0; padding: var(--af-gap-3) var(--af-gap-4); border: 1px solid var(--af-line);
  border-radius: var(--af-round); background: var(--af-surface); color: var(--af-ink); font-weight: 450;
  font-size: var(--af-text-m); line-height: 1.45; box-shadow: none; transition: border-color .15s;
}
#af-examples button:hover {
  border-color: var(--af-accent); color: var(--af-accent-strong); background: var(--af-surface);
}
@media (max-width: 40rem) {
  #af-examples { grid-template-columns: minmax(0, 1fr); gap: var(--af-gap-2); }
  .af-brand span { display: none; }
  #af-main { padding-top: var(--af-gap-4); }
  .af-hello { padding-top: var(--af-gap-3); }
  #af-app .af-hello h2 { margin-top: var(--af-gap-5); }
}
@media (prefers-reduced-motion: reduce) {
  #af-app *, #af-app *::before {
    animation: none !important; transition: none !important; scroll-behavior: auto !important;
  }
}
"""

_COMPOSER = """
#af-app fieldset.af-choice { border: 0; overflow: visible !important; padding: 0; margin: 0; min-width: 0; }
#af-app .af-choice .wrap {
  display: flex; flex-wrap: nowrap; gap: 2px; padding: 3px; border-radius: 999px; background: var(--af-sunken);
  width: fit-content; max-width: 100%;
}
#af-app .af-choice .wrap label {
  position: relative; display: flex; align-items: center; padding: 0 var(--af-gap-3); min-height: 2.125rem;
  border: 0; border-radius: 999px; background: none; box-shadow: none; color: var(--af-muted);
  font-size: var(--af-text-s); font-weight: 550; cursor: pointer; white-space: nowrap;
  transition: background .15s, color .15s;
}
#af-app .af-choice .wrap label:hover { color: var(--af-ink); }
#af-app .af-choice .wrap label:has(input:checked) {
  background: var(--af-surface); color: var(--af-accent-strong); box-shadow: 0 0 0 1px var(--af-edge);
}
#af-app .af-choice .wrap label span { margin: 0; padding: 0; color: inherit; }
#af-app .af-choice input {
  position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer;
}
#af-app #af-account [data-testid=block-info] {
  position: static; width: auto; height: auto; clip: auto; clip-path: none; overflow: visible;
  font-size: var(--af-text-s); font-weight: 500; color: var(--af-muted); margin: 0; padding: 0;
}
#af-app #af-new {
  border: 1px solid var(--af-line); background: var(--af-surface); color: var(--af-ink); border-radius: 999px;
  font-size: var(--af-text-s); font-weight: 550; padding: 0 var(--af-gap-4); min-height: 2.375rem;
  box-shadow: none;
}
#af-app #af-new:hover { border-color: var(--af-accent); color: var(--af-accent-strong); }
#af-composer {
  position: sticky; bottom: 0; z-index: 4; flex-grow: 0 !important; width: 100%;
  max-width: calc(var(--af-column) + 2 * var(--af-gap-4)); margin: 0 auto;
  padding: var(--af-gap-2) var(--af-gap-4) max(var(--af-gap-3), env(safe-area-inset-bottom)); gap: 0;
  background: linear-gradient(to bottom, transparent, var(--af-ground) 1.25rem);
}
#af-desk {
  flex-grow: 0 !important; background: var(--af-surface); border: 1px solid var(--af-edge);
  border-radius: 1.125rem; padding: var(--af-gap-3); gap: var(--af-gap-3);
  box-shadow: 0 8px 28px -14px rgb(10 30 25 / .35);
}
#af-desk:has(textarea:focus-visible) {
  border-color: var(--af-accent); outline: 1px solid var(--af-accent); outline-offset: 0;
}
#af-choices {
  gap: var(--af-gap-2) var(--af-gap-5); flex-wrap: wrap; align-items: center; justify-content: space-between;
}
#af-choices > * { flex: none; width: auto; min-width: 0 !important; }
#af-app fieldset#af-account { display: flex; align-items: center; gap: var(--af-gap-2); }
#af-send-row { flex-wrap: nowrap; gap: var(--af-gap-3); align-items: flex-end; }
#af-send-row > :first-child { flex: 1 1 auto; min-width: 0 !important; }
#af-app #af-box textarea {
  background: none; border: 0; box-shadow: none; outline: none !important; padding: var(--af-gap-2);
  color: var(--af-ink); font: inherit; font-size: 1rem; line-height: 1.5; max-height: 40vh; resize: none;
}
#af-app #af-box textarea::placeholder { color: var(--af-muted); opacity: 1; }
#af-app #af-desk:has(#af-kind input[value=draft]:checked) #af-box textarea { min-height: 4rem; }
#af-app:not(:has(.af-turn)) #af-desk:has(#af-kind input[value=draft]:checked) #af-box textarea {
  min-height: 7rem;
}
#af-app #af-send {
  flex: none; width: auto; min-width: 5.5rem; min-height: 2.75rem; border: 0; border-radius: 999px;
  background: var(--af-accent); color: var(--af-on-accent); font-weight: 600; font-size: var(--af-text-m);
  box-shadow: none; padding: 0 var(--af-gap-5);
}
#af-app #af-send:hover { background: var(--af-accent-strong); }
.af-keys {
  font-size: var(--af-text-s); color: var(--af-muted); text-align: center;
  padding-top: var(--af-gap-2) !important;
}
@media (hover: none), (max-width: 40rem) {
  .af-keys { display: none; }
}
@media (max-width: 40rem) {
  #af-top { gap: var(--af-gap-2); padding-inline: var(--af-gap-3); }
  #af-app .af-choice .wrap label { padding: 0 .625rem; }
  #af-desk { padding: var(--af-gap-2); gap: var(--af-gap-2); }
  #af-composer { padding-inline: var(--af-gap-2); }
  #af-choices > * { width: 100%; }
  #af-app #af-kind .wrap { width: 100%; }
  #af-app #af-kind .wrap label { flex: 1; justify-content: center; }
  #af-app #af-account .wrap { flex: 1; }
  #af-app #af-account .wrap label { flex: 1 1 auto; justify-content: center; }
  #af-app #af-account [data-testid=block-info] {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  }
  #af-app #af-lang label span { font-size: 0; }
  #af-app #af-lang label span::after { content: "EN"; font-size: var(--af-text-s); }
  #af-app #af-lang label:last-child span::after { content: "ID"; }
  #af-app #af-new { font-size: 0; width: 2.375rem; padding: 0; }
  #af-app #af-new::before { content: "+"; font-size: 1.375rem; font-weight: 450; line-height: 1; }
  #af-app #af-send { padding: 0 var(--af-gap-4); min-width: 4.5rem; }
}
@media (max-height: 34rem) {
  #af-composer { position: static; }
  #af-top { position: static; }
}
"""

_CARDS = """
.af-turn { scroll-margin-top: 5rem; display: flex; flex-direction: column; gap: var(--af-gap-4); }
.af-turn + .af-turn {
  margin-top: var(--af-gap-6); padding-top: var(--af-gap-6); border-top: 1px solid var(--af-line);
}
.af-turn + .af-turn { scroll-margin-top: 3.5rem; }
.af-turn + .af-turn:last-child { min-height: calc(100dvh - 15rem); }
.af-said {
  align-self: flex-end; max-width: min(38rem, 90%); background: var(--af-sunken);
  border-radius: var(--af-round) var(--af-round) var(--af-gap-1) var(--af-round);
  padding: var(--af-gap-3) var(--af-gap-4); color: var(--af-ink);
}
.af-drafted { background: var(--af-surface); border: 1px dashed var(--af-edge); }
:is(#af-app, .af-page) .af-label { font-size: var(--af-text-s); color: var(--af-muted); }
.af-from::before { content: "· "; }
.af-text { white-space: pre-wrap; overflow-wrap: anywhere; }
.af-text summary { cursor: pointer; list-style: none; }
.af-text summary::-webkit-details-marker { display: none; }
.af-unfold {
  display: block; margin-top: var(--af-gap-1); font-size: var(--af-text-s); font-weight: 600;
  color: var(--af-accent-strong); text-decoration: underline; text-underline-offset: 3px;
}
.af-text details[open] .af-start, .af-text details[open] .af-unfold { display: none; }
.af-answer mark, .af-said mark {
  background: var(--af-mark); color: inherit; border-radius: 3px; padding: 0 .15em;
}
.af-answer {
  --tone: var(--af-calm-ink); --wash: var(--af-calm-wash); background: var(--af-surface);
  border: 1px solid var(--af-line); border-radius: var(--af-round); overflow: hidden; color: var(--af-ink);
  animation: af-arrive .25s ease-out;
}
@keyframes af-arrive {
  from { opacity: 0; transform: translateY(6px); }
}
.af-yes { --tone: var(--af-yes-ink); --wash: var(--af-yes-wash); }
.af-yes_if { --tone: var(--af-yes_if-ink); --wash: var(--af-yes_if-wash); }
.af-no { --tone: var(--af-no-ink); --wash: var(--af-no-wash); }
.af-ask { --tone: var(--af-ask-ink); --wash: var(--af-ask-wash); }
.af-head { background: var(--wash); padding: var(--af-gap-4) var(--af-gap-5); }
:is(#af-app, .af-page) .af-verdict {
  display: flex; align-items: center; gap: var(--af-gap-2); color: var(--tone); font-size: var(--af-text-xl);
  font-weight: 680; letter-spacing: -0.015em; line-height: 1.3;
}
.af-verdict .af-icon { width: 1.625rem; height: 1.625rem; }
:is(#af-app, .af-page) .af-reason {
  margin-top: var(--af-gap-1); font-size: var(--af-text-l); color: var(--af-ink); line-height: 1.5;
}
:is(#af-app, .af-page) .af-doubt {
  padding: var(--af-gap-3) var(--af-gap-5) 0; font-size: var(--af-text-m); color: var(--af-muted);
  font-style: italic;
}
.af-part { padding: var(--af-gap-4) var(--af-gap-5) 0; }
:is(#af-app, .af-page) .af-part h3 {
  font-size: var(--af-text-s); font-weight: 650; color: var(--af-muted); margin-bottom: var(--af-gap-2);
}
.af-quote + .af-quote { margin-top: var(--af-gap-4) !important; }
:is(#af-app, .af-page) .af-quote blockquote {
  font-family: var(--af-serif); font-size: 1.0625rem; line-height: 1.5; color: var(--af-ink);
  font-style: normal; border-inline-start: 3px solid var(--tone); padding-inline-start: var(--af-gap-4);
  overflow-wrap: anywhere; white-space: pre-line; background: none;
}
.af-quote figcaption {
  padding-inline-start: calc(var(--af-gap-4) + 3px); margin-top: var(--af-gap-1); font-size: var(--af-text-s);
  color: var(--af-muted); display: flex; flex-wrap: wrap; gap: 0 var(--af-gap-3);
}
.af-quote cite { font-style: normal; }
.af-link {
  color: var(--af-accent-strong) !important; text-decoration: underline !important; text-underline-offset: 3px;
  display: inline-flex; align-items: center; gap: .2em;
}
.af-link .af-icon { width: 1em; height: 1em; }
.af-tag {
  display: inline-block; font-size: var(--af-text-s); line-height: 1.4; font-weight: 600; padding: 0 .5em;
  border-radius: var(--af-round-s); background: var(--af-sunken); color: var(--af-muted);
}
.af-tag-rule { margin-bottom: var(--af-gap-2); }
:is(#af-app, .af-page) .af-part ul { list-style: none; display: grid; gap: var(--af-gap-3); }
:is(#af-app, .af-page) .af-part li { padding: 0; margin: 0; color: var(--af-ink); }
.af-why { display: block; color: var(--af-muted); }
.af-fold > summary {
  cursor: pointer; font-size: var(--af-text-m); font-weight: 600; color: var(--af-accent-strong);
  width: fit-content; list-style: none; display: flex; align-items: center; gap: var(--af-gap-2);
  border-radius: var(--af-round-s); min-height: 1.75rem;
}
.af-fold > summary::-webkit-details-marker { display: none; }
.af-fold > summary::before {
  content: ""; width: .45em; height: .45em; border-inline-end: 2px solid; border-block-end: 2px solid;
  transform: rotate(-45deg); transition: transform .15s;
}
.af-fold:not([open]) + .af-fold { padding-top: var(--af-gap-1); }
.af-fold[open] > summary::before { transform: rotate(45deg); }
.af-fold[open] > summary { margin-bottom: var(--af-gap-3); }
:is(#af-app, .af-page) .af-others blockquote {
  border-inline-start-style: dotted; border-color: var(--af-edge); font-size: 1rem; color: var(--af-muted);
}
:is(#af-app, .af-page) .af-note { font-size: var(--af-text-s); color: var(--af-muted); margin-bottom: var(--af-gap-3); }
.af-contact {
  display: flex; align-items: center; gap: var(--af-gap-3); margin-top: var(--af-gap-5);
  padding: var(--af-gap-4) var(--af-gap-5); border-top: 1px solid var(--af-line);
}
.af-face {
  width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center;
  background: var(--wash); color: var(--tone); flex: none;
}
.af-who { flex: 1 1 auto; min-width: 0; }
:is(#af-app, .af-page) .af-lead { font-size: var(--af-text-s); color: var(--af-muted); }
:is(#af-app, .af-page) .af-role { font-weight: 620; color: var(--af-ink); overflow-wrap: anywhere; }
:is(#af-app, .af-page) .af-reach {
  font-size: var(--af-text-s); color: var(--af-muted); display: flex; flex-wrap: wrap; gap: 0 var(--af-gap-3);
  overflow-wrap: anywhere;
}
.af-ways { display: flex; flex-wrap: wrap; gap: var(--af-gap-2); flex: none; }
.af-button {
  display: inline-flex; align-items: center; gap: .3em; min-height: 2.5rem; padding: 0 var(--af-gap-4);
  border-radius: 999px; border: 1px solid var(--af-edge); color: var(--af-ink) !important;
  text-decoration: none !important; font-size: var(--af-text-s); font-weight: 600;
  background: var(--af-surface);
}
.af-button:hover { border-color: var(--af-accent); color: var(--af-accent-strong) !important; }
.af-ask .af-ways > .af-button:first-child, .af-failed .af-ways > .af-button:first-child {
  background: var(--af-accent); border-color: var(--af-accent); color: var(--af-on-accent) !important;
}
.af-ask .af-ways > .af-button:first-child:hover, .af-failed .af-ways > .af-button:first-child:hover {
  background: var(--af-accent-strong);
}
.af-head + .af-contact { margin-top: 0; }
:is(#af-app, .af-page) .af-plain { display: flex; gap: var(--af-gap-3); }
.af-plain::before {
  content: ""; flex: none; width: .45em; height: .45em; margin-top: .6em; border-radius: 50%;
  background: var(--tone);
}
:is(#af-app, .af-page) .af-pending {
  display: flex; align-items: center; gap: var(--af-gap-3); color: var(--af-muted); min-height: 3rem;
}
.af-dots { display: inline-flex; gap: 5px; }
.af-dots i {
  width: 7px; height: 7px; border-radius: 50%; background: var(--af-accent);
  animation: af-wait 1s infinite ease-in-out;
}
.af-dots i:nth-child(2) { animation-delay: .15s; }
.af-dots i:nth-child(3) { animation-delay: .3s; }
@keyframes af-wait {
  0%, 70%, 100% { opacity: .25; }
  35% { opacity: 1; }
}
@media (max-width: 40rem) {
  .af-head, .af-contact { padding-inline: var(--af-gap-4); }
  .af-part { padding-inline: var(--af-gap-4); }
  :is(#af-app, .af-page) .af-doubt { padding-inline: var(--af-gap-4); }
  .af-contact { flex-wrap: wrap; }
  .af-who { flex-basis: calc(100% - 4rem); }
  .af-ways { width: 100%; }
  .af-button { flex: 1; justify-content: center; }
}
"""
