// The field in [data-mentions] finds people and states by the beginning of their names, and writes @[Name] into the text.
const PAUSE = 200; // milliseconds after the last key

const picker = document.querySelector("[data-mentions]");
const input = picker?.querySelector("[role=combobox]");
const list = picker?.querySelector("[role=listbox]");
const status = picker?.querySelector("[role=status]");
const box = picker?.closest("form").querySelector("textarea");

let timer, asked = 0, current = -1, cursor = null;

const options = () => [...list.children];

const close = () => {
  list.hidden = true;
  current = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

const mark = (index) => {
  const all = options();
  if (!all.length) return;
  current = (index + all.length) % all.length;
  all.forEach((option, n) => option.setAttribute("aria-selected", String(n === current)));
  all[current].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", all[current].id);
};

const insert = (name) => {
  const at = cursor ?? box.value.length;
  const before = box.value.slice(0, at);
  const mention = `${before && !/\s$/.test(before) ? " " : ""}@[${name}] `;
  box.setRangeText(mention, at, at, "end");
  cursor = null;
  input.value = "";
  status.textContent = "";
  close();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
};

const show = (names) => {
  list.replaceChildren(...names.map(({ name, about }, n) => {
    const option = Object.assign(document.createElement("li"), { id: `mention-name-${n}` });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(Object.assign(document.createElement("bdi"), { textContent: name }));
    if (about) option.append(" ", Object.assign(document.createElement("span"), { textContent: about }));
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => insert(name));
    return option;
  }));
  close();
  list.hidden = !names.length;
  input.setAttribute("aria-expanded", String(names.length > 0));
  status.textContent = names.length ? picker.dataset.found : picker.dataset.nobody;
};

const ask = async () => {
  const number = ++asked;
  const query = input.value.trim();
  if (!query) {
    status.textContent = "";
    close();
    return;
  }
  try {
    const answer = await fetch(`${picker.dataset.mentions}?q=${encodeURIComponent(query)}`, { redirect: "error" });
    const { names } = answer.ok ? await answer.json() : { names: [] };
    if (number === asked) show(names);
  } catch {
    close();
  }
};

if (picker && box) {
  picker.hidden = false;
  box.addEventListener("blur", () => { cursor = box.selectionStart; });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!list.hidden) mark(event.key === "ArrowDown" ? current + 1 : current < 0 ? -1 : current - 1);
    } else if (event.key === "Enter") {
      event.preventDefault(); // never publishes the post
      if (current >= 0) options()[current].click();
    } else if (event.key === "Escape") {
      close();
    }
  });
}
