// Inside the embedded chat: the theme that the address asks for, and what is said to and by the page around it. It speaks
// to that page only after it has heard from it, and the policy of this page lets only listed origins be around it.
(() => {
  "use strict";
  const address = new URL(location.href);
  const theme = address.searchParams.get("theme");
  if (theme === "light" || theme === "dark") {
    address.searchParams.set("__theme", theme); // as Gradio calls it
    history.replaceState(history.state, "", address);
    document.documentElement.classList.toggle("dark", theme === "dark");
  }
  if (parent === window) return;

  let around = null;
  const tell = (what) => { if (around) parent.postMessage({askfirst: what}, around); };
  const here = () => document.querySelector("dialog[open]") ?? document.body;
  const stops = () => [...here().querySelectorAll("a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex='0']")]
    .filter((node) => !node.disabled && node.checkVisibility({visibilityProperty: true}) &&
      (node.type !== "radio" || node.checked || !node.name));

  const box = () => document.querySelector("#af-box textarea");
  const focus = () => {
    const typing = matchMedia("(hover: hover)").matches && here() === document.body;
    (typing ? box() : null)?.focus();
  };
  const once = () => {
    if (box()) { focus(); return; }
    const watching = new MutationObserver(() => { if (box()) { watching.disconnect(); focus(); } });
    watching.observe(document, {childList: true, subtree: true});
  };

  addEventListener("message", (event) => {
    if (event.source !== parent) return;
    const said = event.data?.askfirst;
    if (said === "hello") around = event.origin;
    else if (said === "focus") once();
    else if (said === "last") stops().at(-1)?.focus();
  });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    // A screen over the conversation is closed first.
    if (event.key === "Escape" && here() === document.body) tell("close");
    if (event.key === "Tab" && !event.shiftKey && around && document.activeElement === stops().at(-1)) {
      event.preventDefault();
      tell("leave");
    }
  });
})();
