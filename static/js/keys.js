// Keys of a discussion's page: from post to post, reply, cite, and the list of keys, where they are switched off
// (WCAG 2.1.4). A cookie keeps that choice, since signing out empties what a browser stores otherwise.
const list = document.getElementById("keys");
const opener = document.querySelector("[data-keys-open]");
const choice = list?.querySelector("[data-keys-on]");
const YEAR = 365 * 24 * 3600;

const isTyping = (element) => element.closest("input, textarea, select, [contenteditable], dialog") !== null;
const posts = () => [...document.querySelectorAll(".post[data-number]")];

// The post that has the focus, else the first one whose end is on the screen, else the last one.
const current = () => document.activeElement?.closest(".post") ?? null;
const inSight = () => posts().find((post) => post.getBoundingClientRect().bottom > 0) ?? posts().at(-1);

const go = (step) => {
  const all = posts();
  const from = current();
  const post = from ? all[all.indexOf(from) + step] : inSight();
  post?.focus();
  post?.scrollIntoView({ block: "start" });
};

const press = (selector) => (current() ?? inSight())?.querySelector(selector)?.click();

const ACTIONS = {
  j: () => go(1),
  n: () => go(1),
  k: () => go(-1),
  p: () => go(-1),
  r: () => press('a[href*="reply="]'),
  c: () => press("[data-citation]"),
  "?": () => list.showModal(),
};

if (list) {
  choice.checked = !document.cookie.split("; ").includes("keys=off");
  choice.addEventListener("change", () => {
    const rest = "path=/; samesite=lax" + (window.location.protocol === "https:" ? "; secure" : "");
    document.cookie = choice.checked ? `keys=on; max-age=0; ${rest}` : `keys=off; max-age=${YEAR}; ${rest}`;
  });
  opener.hidden = false;
  opener.addEventListener("click", () => list.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    const action = choice.checked && ACTIONS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
