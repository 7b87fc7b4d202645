// A discussion's page shows new posts and counts as they come in, from the stream at data-live.
const section = document.querySelector("[data-live]");

const showCounts = ({ discussion, posts }) => {
  const count = document.querySelector(`[data-sister="${discussion}"] [data-count]`);
  if (count) count.textContent = posts;
};

const showPost = (html) => {
  const list = document.getElementById("post-list");
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const post of holder.content.querySelectorAll("article")) {
    if (document.getElementById(post.id)) continue;
    post.classList.add("post--new");
    list.append(post);
    section.querySelector(".empty")?.remove();
  }
};

if (section?.dataset.live) {
  const stream = new EventSource(section.dataset.live, { withCredentials: true });
  const grows = section.hasAttribute("data-grows");
  stream.addEventListener("post", (event) => {
    if (grows) showPost(JSON.parse(event.data).html);
    else section.querySelector(".new-posts").hidden = false;
  });
  stream.addEventListener("counts", (event) => showCounts(JSON.parse(event.data)));
  stream.addEventListener("ended", () => stream.close());
  window.addEventListener("pagehide", () => stream.close());
}
