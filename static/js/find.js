// Finds words in a long text on the page: marks the paragraphs that hold them, and goes to the first.
const folded = (words) => words.normalize("NFKD").replaceAll(/\p{Mark}/gu, "").toLocaleLowerCase();

for (const region of document.querySelectorAll("[data-find]")) {
  const form = region.querySelector("[data-find-form]");
  const status = region.querySelector("[data-find-status]");
  const paragraphs = [...region.querySelectorAll(".prose :is(p, li, h4, h5, h6, td, th)")];
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = folded(form.querySelector("input").value.trim());
    let first = null;
    let count = 0;
    for (const paragraph of paragraphs) {
      const holds = wanted !== "" && folded(paragraph.textContent).includes(wanted);
      paragraph.classList.toggle("found", holds);
      if (holds) {
        first ??= paragraph;
        count += 1;
      }
    }
    status.textContent = wanted && (count ? status.dataset.found.replace("%(count)s", count) : status.dataset.none);
    first?.scrollIntoView({ block: "center" });
  });
}
