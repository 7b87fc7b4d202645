// A form marked data-drafts saves its text on the server as one types. While the line is down this device keeps it,
// and offers it again when the page comes back. What is kept here goes with the sign-out, and once it is published.
const PAUSE = 2_000; // milliseconds after the last key
const RETRY = 15_000;
const PATIENCE = 10_000; // for an answer
const PREFIX = "draft.";

const form = document.querySelector("form[data-drafts]");
const status = form?.querySelector("[data-draft-status]");
const key = PREFIX + status?.dataset.key;

// Some browsers refuse to keep anything; then nothing is promised.
const onDevice = {
  read() {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  keep(value) {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; }
  },
  forget() {
    try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
  },
  forgetAll(isMine = () => false) {
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX) && !isMine(name)) localStorage.removeItem(name);
    } catch { /* nothing was kept */ }
  },
};

const typed = () => {
  const fields = new FormData(form);
  for (const name of ["uploads", "attachments", "then", "confirmed"]) fields.delete(name);
  return fields;
};

// What a person has typed or chosen, by name: what is compared, and kept on the device.
const parts = () => Object.fromEntries([...form.elements]
  .filter((field) => field.name && (field.tagName === "TEXTAREA" || field.tagName === "SELECT"))
  .map((field) => [field.name, field.value]));
const texts = (values) => Object.entries(values).filter(([name]) => form.elements[name]?.tagName === "TEXTAREA");
const isEmpty = (values) => texts(values).every(([, value]) => !value.trim());
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const say = (words) => {
  const line = status.querySelector("[role=status]");
  if (line.textContent !== words) line.textContent = words;
};

let saved, timer, underWay, isSubmitting = false, isStopped = false;

const keep = (words) => {
  const isKept = onDevice.keep({ parts: parts(), form: form.elements.submission_key.value });
  say(isKept ? words : status.dataset.lost);
};

const send = async (values, keepalive) => {
  let answer;
  try {
    answer = await fetch(form.dataset.drafts, {
      method: "POST", body: typed(), headers: { Accept: "application/json" }, redirect: "manual", keepalive,
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    keep(status.dataset.unsaved);
    schedule(RETRY);
    return;
  }
  if (answer.ok) {
    const { version, time } = await answer.json();
    saved = values;
    form.elements.draft.value = version;
    if (same(parts(), values)) onDevice.forget();
    say(status.dataset.saved.replace("{time}", time));
  } else if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
    keep((await answer.json()).reason);
  } else if (answer.type === "opaqueredirect" || answer.status === 403) {
    isStopped = true; // publishing keeps the text too, and leads to the sign-in
    keep(status.dataset.signedOut);
  } else {
    keep(status.dataset.unsaved);
    schedule(RETRY);
  }
};

const save = async ({ keepalive = false } = {}) => {
  clearTimeout(timer);
  if (underWay && !keepalive) {
    schedule(PAUSE);
    return;
  }
  const values = parts();
  if (isStopped || isSubmitting || same(values, saved) || (isEmpty(values) && !form.elements.draft.value)) return;
  if (keepalive) onDevice.keep({ parts: values, form: form.elements.submission_key.value });
  underWay = send(values, keepalive);
  await underWay;
  underWay = undefined;
};

const schedule = (delay) => {
  clearTimeout(timer);
  timer = setTimeout(save, delay);
};

const put = (values) => {
  for (const [name, value] of Object.entries(values)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
};

const isHere = (values) => {
  const here = parts();
  return texts(values).every(([name, value]) => here[name].includes(value.trim()));
};

// Offer what this device kept and the page does not show.
const offer = () => {
  const kept = onDevice.read();
  if (!kept) return;
  const published = document.cookie.match(/(?:^|; )published=([^;]+)/)?.[1];
  if (kept.form === published || isEmpty(kept.parts) || isHere(kept.parts)) {
    onDevice.forget();
    return;
  }
  const box = status.querySelector("[data-kept]");
  box.querySelector("blockquote").textContent = texts(kept.parts).map(([, value]) => value).join("\n").slice(0, 300);
  box.hidden = false;
  box.querySelector("[data-restore]").addEventListener("click", () => {
    const here = parts();
    const joined = texts(kept.parts).map(([name, value]) => [name, [here[name].trimEnd(), value].filter(Boolean).join("\n\n")]);
    put({ ...kept.parts, ...Object.fromEntries(joined) });
    box.hidden = true;
    form.querySelector("textarea").focus();
  });
  box.querySelector("[data-forget]").addEventListener("click", () => {
    onDevice.forget();
    box.hidden = true;
    form.querySelector("textarea").focus();
  });
};

if (form && status) {
  onDevice.forgetAll((name) => name.startsWith(PREFIX + status.dataset.key.split(".")[0] + "."));
  saved = parts();
  offer();
  form.addEventListener("input", () => { isSubmitting = false; schedule(PAUSE); });
  window.addEventListener("online", () => save());
  window.addEventListener("pageshow", () => { isSubmitting = false; });
  window.addEventListener("pagehide", () => save({ keepalive: true }));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ keepalive: true });
  });
  // What is being saved arrives before what is published; and what is published is not saved again.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (event.submitter?.hasAttribute("hx-post")) return;
    if (underWay) {
      event.preventDefault();
      event.stopImmediatePropagation();
      await underWay;
      underWay = undefined;
      form.requestSubmit(event.submitter);
      return;
    }
    isSubmitting = true;
    const values = parts();
    if (!same(values, saved)) onDevice.keep({ parts: values, form: form.elements.submission_key.value });
  }, { capture: true });
  document.querySelector(".site-nav form")?.addEventListener("submit", () => onDevice.forgetAll());
}
