// A discussion's page shows new posts and counts as they come in, from the stream at data-live.
const section = document.querySelector("[data-live]");
const notice = section?.querySelector(".new-posts");

const showCounts = ({ discussion, posts }) => {
  const count = document.querySelector(`[data-sister="${discussion}"] [data-count]`);
  if (count) count.textContent = posts;
};

// Once the first new post is on the screen, nobody needs to be led to it.
const seen = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  notice.hidden = true;
  seen.disconnect();
});

const leadTo = (post) => {
  notice.querySelector("a").href = `#${post.id}`;
  notice.hidden = false;
  seen.observe(post);
};

// All readers are sent the same post; what its author, or the focal point of its state, can do about it waits in it.
const offerOwn = (post) => {
  const own = section.dataset.owns.split(" ");
  for (const links of post.querySelectorAll("[data-own]")) {
    if (own.includes(links.dataset.own)) links.replaceWith(...links.childNodes);
    else links.remove();
  }
};

const showPost = (html) => {
  const list = document.getElementById("post-list");
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const post of holder.content.querySelectorAll("article")) {
    if (document.getElementById(post.id)) continue;
    offerOwn(post);
    post.classList.add("post--new");
    list.append(post);
    window.htmx?.process(post);
    section.querySelector(".empty")?.remove();
    if (notice.hidden) leadTo(post);
  }
};

if (section?.dataset.live) {
  const stream = new EventSource(section.dataset.live, { withCredentials: true });
  const grows = section.hasAttribute("data-grows");
  stream.addEventListener("post", (event) => {
    if (grows) showPost(JSON.parse(event.data).html);
    else notice.hidden = false;
  });
  stream.addEventListener("counts", (event) => showCounts(JSON.parse(event.data)));
  stream.addEventListener("ended", () => stream.close());
  window.addEventListener("pagehide", () => stream.close());
}
