// What every page does with a script: keys, and its live parts put in place anew when the log grows.
"use strict";
(() => {
  const keys = document.getElementById("keys"), show = document.getElementById("show-keys");
  const typing = (target) => target.closest("input:not([type=range]), select, textarea, [contenteditable]");
  const goes = { h: "/", r: "/reports", p: "/replay", l: "/records", d: "/due", q: "/query", e: "/enter" };
  let leader = false;
  if (show) {
    show.hidden = false;
    show.addEventListener("click", () => keys.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const led = leader;
    leader = event.key === "g" && !led;
    if (led && goes[event.key]) {
      const tab = [...document.querySelectorAll("nav a")].find((one) => one.pathname === goes[event.key]);
      if (tab) location.assign(tab.href);
    } else if (event.key === "?" && !keys.open) keys.showModal();
    else if (event.key === "/" || event.key === "t") {
      const details = document.querySelector("details.change");
      if (event.key === "t" && details) details.open = true;
      const place = event.key === "t" ? details : document.getElementById("main");
      place?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      event.preventDefault();
    }
  });

  const live = document.querySelector("meta[name=live]");
  if (!live) return;
  const told = document.getElementById("live");
  let source = null, since = live.content, busy = false, again = false;

  function tell(words, lost) {
    told.textContent = words;
    told.classList.toggle("lost", lost);
  }
  function swap(page) {
    for (const old of document.querySelectorAll("[data-live]")) {
      const now = page.getElementById(old.id);
      if (!now || now.innerHTML === old.innerHTML) continue;
      const open = new Set([...old.querySelectorAll("details[open][id]")].map((one) => one.id));
      const focused = old.contains(document.activeElement) && document.activeElement.id;
      for (const one of now.querySelectorAll("details[id]")) one.open = open.has(one.id);
      old.replaceChildren(...now.childNodes);
      if (focused) document.getElementById(focused)?.focus();
    }
  }
  async function refresh() {
    again = busy;
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else tell(answer.status === 401 ? "signed out" : "page failed", true);
    } catch { /* the stream tells that the service is gone */ }
    busy = false;
    if (again) setTimeout(refresh, 200);
  }
  function follow() {
    source = new EventSource(`/api/v1/live?since=${since}`);
    source.onopen = () => tell("live", false);
    source.onerror = () => {
      tell("not connected", true);
      if (source.readyState === EventSource.CLOSED && !document.hidden) setTimeout(follow, 2000);
    };
    for (const kind of ["record", "size"])
      source.addEventListener(kind, (event) => {
        since = event.lastEventId;
        document.dispatchEvent(new CustomEvent("grew", { detail: Number(since) }));
        if (document.querySelector("[data-live]")) refresh();
      });
  }
  // a browser holds six connections to a server: a page that nobody looks at must not keep one
  document.addEventListener("visibilitychange", () => {
    source.close();
    if (!document.hidden) follow();
  });
  follow();
  setInterval(() => document.hidden || refresh(), 60000); // times left, and the age of the seal
})();
