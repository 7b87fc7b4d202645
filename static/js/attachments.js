// Files chosen in a form's region [data-files] are checked and sent at once, one after the other, with progress.
const chosenIn = (region) => region.querySelector("input[type=file]");

const isolated = (words, name) => words.replace("{name}", `\u2068${name}\u2069`);

const wrongWith = (region, file) => {
  const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  if (!file.name.includes(".") || !chosenIn(region).accept.split(",").includes(ending)) return region.dataset.otherKind;
  if (file.size > Number(region.dataset.bytes)) return region.dataset.tooLarge;
  return "";
};

const send = (region, file) => new Promise((resolve) => {
  const body = new FormData(region.closest("form")); // with the text, which is kept when the session has ended
  body.set("uploads", file);
  const request = new XMLHttpRequest();
  request.open("POST", region.dataset.files);
  request.setRequestHeader("HX-Request", "true");
  const sending = region.querySelector(".files__sending");
  const bar = Object.assign(document.createElement("progress"), { max: 100 });
  bar.setAttribute("aria-hidden", "true"); // what is sent is said in words
  sending.replaceChildren(isolated(region.dataset.sending, file.name), bar);
  sending.hidden = false;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable && event.loaded < event.total) bar.value = (100 * event.loaded) / event.total;
    else bar.removeAttribute("value"); // it is being checked
  });
  request.addEventListener("loadend", () => resolve(request));
  request.send(body);
});

// The answer is the region anew; what was refused before stays said until files are chosen again.
const replace = (region, html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const anew = holder.content.getElementById("files");
  region.replaceWith(anew);
  prepare(anew);
  window.htmx?.process(anew);
  return anew;
};

const refuse = (region, words) => {
  let list = region.querySelector(".errorlist");
  if (!list) {
    list = document.createElement("ul");
    list.className = "errorlist";
    list.setAttribute("role", "alert");
    chosenIn(region).closest("p").before(list);
  }
  for (const text of words) list.append(Object.assign(document.createElement("li"), { textContent: text }));
};

const sendAll = async (region, files) => {
  const form = region.closest("form");
  const buttons = [...form.querySelectorAll("button[type=submit]:not([disabled])")];
  for (const button of buttons) button.disabled = true; // nothing is published while a file is under way
  const refusals = [];
  for (const file of files) {
    const wrong = wrongWith(region, file);
    if (wrong) {
      refusals.push(isolated(wrong, file.name));
      continue;
    }
    const request = await send(region, file);
    const elsewhere = request.getResponseHeader("HX-Redirect");
    if (elsewhere) {
      window.location.assign(elsewhere);
      return;
    }
    if (![200, 429].includes(request.status)) {
      refusals.push(isolated(region.dataset.failed, file.name));
      continue;
    }
    region = replace(region, request.responseText);
    refusals.push(...[...region.querySelectorAll(".errorlist li")].map((item) => item.textContent));
    region.querySelector(".errorlist")?.remove();
  }
  for (const button of buttons) button.disabled = false;
  region.querySelector(".files__sending").hidden = true;
  chosenIn(region).value = "";
  if (refusals.length) refuse(region, refusals);
  chosenIn(region).focus();
};

const prepare = (region) => {
  region.querySelector("[data-without-script]").hidden = true;
};

const sendChosen = (region) => {
  const files = [...chosenIn(region).files];
  if (!files.length) return;
  region.querySelector(".errorlist")?.remove();
  sendAll(region, files);
};

document.addEventListener("change", (event) => {
  const region = event.target.closest?.("[data-files]");
  if (region && event.target === chosenIn(region)) sendChosen(region);
});
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("[data-files]").forEach(prepare));
for (const region of document.querySelectorAll("[data-files]")) {
  prepare(region);
  sendChosen(region); // on a slow line somebody may have chosen before this script came
}
