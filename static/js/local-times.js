// Says when something is by the clocks of the browser: an element with data-local-time holds the moment.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;
const words = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

for (const place of document.querySelectorAll("[data-local-time]")) {
  const moment = new Date(place.dataset.localTime);
  const time = document.createElement("time");
  time.dateTime = place.dataset.localTime;
  time.textContent = words.format(moment);
  place.append(time, ` (${zone.replaceAll("_", " ")})`);
  place.hidden = false;
}
for (const label of document.querySelectorAll("[data-local-zone]")) label.hidden = false;
