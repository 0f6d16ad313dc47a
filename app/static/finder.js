// Boxes that complete what is typed (ARIA combobox), and examples that fill a text area.
// No dependency; without JavaScript a plain text box takes the address of a thing.
"use strict";

let serial = 0;

function make(tag, attributes = {}, text = "") {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  return node;
}

function setUpFinder(box) {
  const input = box.querySelector("input[type=text]");
  const chosen = box.querySelector(".chosen");
  const list = make("ul", { role: "listbox", id: `list-${++serial}`, hidden: "" });
  list.setAttribute("aria-label", input.labels[0] ? input.labels[0].textContent.trim() : "");
  const status = make("p", { class: "hidden", role: "status" });
  box.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let hits = [], active = -1, timer = 0, asked = 0;

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    hits = found;
    active = -1;
    list.replaceChildren(...found.map((hit, number) => {
      const item = make("li", { role: "option", id: `${list.id}-${number}`, "aria-selected": "false" }, hit.label);
      if (hit.matched) item.append(" ", make("span", { class: "also" }, hit.matched));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(number); });
      return item;
    }));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length ? "" : box.dataset.none;
  }

  function move(step) {
    if (!hits.length) return;
    active = (active + step + hits.length) % hits.length;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  function choose(number) {
    const hit = hits[number];
    if (!("many" in box.dataset)) chosen.replaceChildren();
    const chip = make("label", { class: "chip" });
    const mark = make("input", { type: "checkbox", name: box.dataset.name, value: hit.iri });
    mark.checked = true;
    chip.append(mark, ` ${hit.label}`);
    chosen.append(chip);
    input.value = "";
    close();
    input.focus();
  }

  async function find() {
    const text = input.value.trim();
    const turn = ++asked;
    if (text.length < 2) { show([]); status.textContent = ""; return close(); }
    const query = new URLSearchParams({ q: text, kind: box.dataset.kinds });
    const answer = await fetch(`/api/search?${query}`);
    if (turn === asked && answer.ok) show((await answer.json()).hits);
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 150); });
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); move(1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); move(-1); }
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); choose(Math.max(active, 0)); }
  });
}

document.querySelectorAll(".finder").forEach(setUpFinder);
document.querySelectorAll("select[data-fill]").forEach((select) => {
  select.addEventListener("change", () => {
    if (select.value) document.getElementById(select.dataset.fill).value = select.value;
  });
});
