// A room's page keeps its counts of posts and of unread ones true, from the stream at data-live-counts;
// data-count-words has the words for a count, by category of plural.
const region = document.querySelector("[data-live-counts]");
const words = JSON.parse(region?.dataset.countWords ?? "{}");
const plural = new Intl.PluralRules(document.documentElement.lang);

const showCounts = ({ discussion, posts }) => {
  const row = region.querySelector(`[data-discussion="${discussion}"]`);
  if (!row) return;
  row.querySelector("[data-posts]").textContent = words[plural.select(posts)].replace("{n}", posts);
  const unread = Math.max(0, posts - Number(row.dataset.readUpTo));
  row.querySelector("[data-unread]").textContent = unread;
  row.querySelector(".unread").hidden = unread === 0;
};

if (region?.dataset.liveCounts) {
  const stream = new EventSource(region.dataset.liveCounts, { withCredentials: true });
  stream.addEventListener("counts", (event) => showCounts(JSON.parse(event.data)));
  stream.addEventListener("ended", () => stream.close());
  window.addEventListener("pagehide", () => stream.close());
}
