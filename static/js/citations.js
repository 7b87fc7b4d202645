// Links marked data-citation copy the citation at once, and so do the numbers of paragraphs; links marked
// data-quote put the words that are selected in their post, else all of it, into the text that is being written.
// Where the browser does not let this happen, the links open their pages as they do without scripts.
const CITATION = "text/plain"; // what the citation's address answers with beside its page
const QUOTATION = "text/markdown";
const SHOWN = 6000; // milliseconds
const said = document.querySelector("[data-copied]");
const box = document.querySelector("#write textarea[name=body]");
let silence;

const fetchText = async (address, type) => {
  const answer = await fetch(address, { headers: { Accept: type } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
};

const citationOf = (post, paragraph) => {
  const address = new URL(post.querySelector("[data-citation]").href);
  if (paragraph) address.searchParams.set("paragraph", paragraph.id.split("-")[2]);
  return address.href;
};

const copy = async (address) => {
  const text = fetchText(address, CITATION);
  if (window.ClipboardItem) {
    const blob = text.then((words) => new Blob([words], { type: CITATION })); // Safari asks for it within the click
    await navigator.clipboard.write([new ClipboardItem({ [CITATION]: blob })]);
  } else {
    await navigator.clipboard.writeText(await text);
  }
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = said.dataset.copied; });
  clearTimeout(silence);
  silence = setTimeout(() => { said.textContent = ""; }, SHOWN);
};

const selectedIn = (post) => {
  const selection = window.getSelection();
  if (selection.isCollapsed) return null;
  const { startContainer, endContainer } = selection.getRangeAt(0);
  const body = post.querySelector(".post__body");
  if (!body.contains(startContainer) || !body.contains(endContainer)) return null;
  return { words: selection.toString().trim(), paragraph: startContainer.parentElement.closest(".para") };
};

const quote = async (post) => {
  const selected = selectedIn(post);
  let quotation = await fetchText(citationOf(post, selected?.paragraph), QUOTATION);
  if (selected?.words) {
    const source = quotation.slice(quotation.lastIndexOf("\n") + 1);
    quotation = [...selected.words.split("\n").map((line) => `> ${line}`.trimEnd()), ">", source].join("\n");
  }
  box.value = `${[box.value.trimEnd(), quotation].filter(Boolean).join("\n\n")}\n\n`;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
  box.scrollIntoView({ block: "center" });
};

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-citation], [data-quote]");
  const post = event.target.closest(".post");
  const open = () => window.location.assign(link.href);
  if (link?.matches("[data-quote]") && box) {
    event.preventDefault();
    quote(post).catch(open);
  } else if (link?.matches("[data-citation]") && navigator.clipboard) {
    event.preventDefault();
    copy(link.href).catch(open);
  } else if (event.target.matches(".para__number") && post?.querySelector("[data-citation]") && navigator.clipboard) {
    copy(citationOf(post, event.target.closest(".para"))).catch(() => {}); // it leads to the paragraph anyway
  }
});
if (navigator.clipboard) document.querySelectorAll("[data-citation][hidden]").forEach((link) => { link.hidden = false; });
