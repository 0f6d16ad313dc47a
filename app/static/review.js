// The review by keyboard: single keys press the buttons of the page, and the next link comes without
// a new page, so that a screen reader hears what was done. Everything works as plain forms, too.
"use strict";

(() => {
  const done = document.getElementById("done");
  const shortcuts = document.getElementById("shortcuts");
  const KEEP = "review-shortcuts";
  let busy = false;

  function remembered() {
    try { return localStorage.getItem(KEEP) !== "off"; } catch { return true; }
  }
  shortcuts.checked = remembered();
  shortcuts.addEventListener("change", () => {
    try { localStorage.setItem(KEEP, shortcuts.checked ? "on" : "off"); } catch { /* for this page only */ }
  });

  function say(text) {
    done.textContent = "";
    // A new text in the next moment, so that the same words are read again.
    setTimeout(() => { done.textContent = text; }, 50);
  }

  function focusItem() {
    const item = document.getElementById("item");
    if (item) item.focus({ preventScroll: false });
  }

  async function send(form, button) {
    if (busy) return;
    busy = true;
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: data, headers: { Accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("review");
      if (!answer.ok || !next) {
        const text = page.querySelector("main p");
        say(text ? text.textContent.trim() : String(answer.status));
        return;
      }
      const told = next.querySelector("#told");
      document.getElementById("review").replaceWith(document.adoptNode(next));
      next.querySelectorAll(".finder").forEach(setUpFinder);
      say(told ? told.textContent : "");
      focusItem();
    } catch (error) {
      say(String(error.message || error));
    } finally {
      busy = false;
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest("#review") || form.method !== "post") return;
    event.preventDefault();
    send(form, event.submitter);
  });

  function press(key) {
    const target = document.querySelector(`#review [data-key="${key}"]`);
    if (!target) return false;
    if (busy) return true; // a key that was meant for a link that is gone does nothing
    if (target.tagName === "FORM") send(target, target.querySelector("button"));
    else document.querySelector("#better input[type=text]").focus();
    return true;
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-key="b"]')) { event.preventDefault(); press("b"); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea");
    if (typing) {
      if (event.key === "Escape" && typing.closest("#better")) focusItem();
      return;
    }
    if (!shortcuts.checked) return;
    const key = event.key === "ArrowRight" ? "s" : event.key.toLowerCase();
    if (event.repeat) return;
    if (key === "?") {
      const keys = document.getElementById("keys");
      keys.open = !keys.open;
      if (keys.open) keys.querySelector("summary").focus();
      event.preventDefault();
    } else if ("arbsu".includes(key) && key.length === 1 && press(key)) {
      event.preventDefault();
    }
  });

  if (done.textContent.trim()) focusItem();
})();
