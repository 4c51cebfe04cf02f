// Replay: sliders, keys and play. The server makes each moment; this fetches it and puts it in place.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const place = byId("moment"), moments = byId("moment-slider"), knowns = byId("known-slider"), play = byId("play");
  const supposing = byId("what-if-form");
  const PLAY_MS = 900, SLIDE_MS = 70;
  let wanted = null, busy = false, timer = null, sliding = null;

  byId("sliders").hidden = play.hidden = false;

  const seen = () => byId("seen").dataset;
  const address = (changes) => {
    const to = new URL(seen().permalink, location.href);
    for (const [name, value] of Object.entries(changes))
      value === null ? to.searchParams.delete(name) : to.searchParams.set(name, value);
    return to;
  };

  function settle() {
    const now = seen();
    if (document.activeElement !== moments || sliding === null) {
      moments.min = now.start;
      moments.max = now.stop;
      moments.value = now.at;
    }
    knowns.max = now.total;
    if (document.activeElement !== knowns || sliding === null) knowns.value = now.size;
    moments.setAttribute("aria-valuetext", now.clock);
    knowns.setAttribute("aria-valuetext", `${now.size} of ${now.total} records`);
    byId("at").value = now.clock;
    byId("known-at").value = now.known;
    if (supposing) supposing.action = now.permalink;
  }

  async function fetched(to, part, options = {}) {
    const answer = await fetch(to, { ...options, headers: { Accept: "text/html", "X-Part": part } });
    const text = await answer.text();
    if (answer.ok) return text;
    const told = new DOMParser().parseFromString(text, "text/html").querySelector("h1 ~ p, .lead, main p");
    throw new Error(told ? told.textContent : `the server answered ${answer.status}`);
  }

  // ``to`` is an address, or makes one when its turn comes
  async function go(to, keep = true) {
    wanted = [to, keep];
    if (busy) return;
    busy = true;
    while (wanted) {
      const [next, kept] = wanted;
      wanted = null;
      try {
        const text = await fetched(next instanceof Function ? next() : next, "moment");
        const focused = place.contains(document.activeElement) && document.activeElement.id;
        const open = [...place.querySelectorAll("details[open]")].map((one) => one.id);
        place.innerHTML = text;
        for (const id of open) if (byId(id)) byId(id).open = true;
        if (focused) byId(focused)?.focus();
        if (kept) history.replaceState(null, "", seen().permalink);
        settle();
      } catch (why) {
        stop();
        const told = document.createElement("p");
        told.className = "notice bad";
        told.setAttribute("role", "alert");
        told.textContent = why.message;
        place.prepend(told);
      }
    }
    busy = false;
  }

  function step(id) {
    const link = byId(id);
    if (link) go(link.href);
    return Boolean(link);
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }
  function toggle() {
    if (timer !== null) return stop();
    play.textContent = "Stop";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => busy || step("change-after") || stop(), PLAY_MS);
    step("change-after");
  }
  function slide(changes) {
    stop();
    clearTimeout(sliding);
    sliding = setTimeout(() => {
      go(address(changes())).then(() => { sliding = null; });
    }, SLIDE_MS);
  }
  moments.addEventListener("input", () =>
    slide(() => ({ at: new Date(moments.value * 1000).toISOString().replace(".000Z", "Z") })));
  knowns.addEventListener("input", () =>
    slide(() => ({ known_at: knowns.value === knowns.max ? null : knowns.value })));
  play.addEventListener("click", toggle);

  place.addEventListener("click", (event) => {
    const link = event.target.closest(".stepping a, a.clock");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (new URL(link.href).pathname !== "/replay" || link.id === "permalink") return;
    event.preventDefault();
    stop();
    go(link.href);
  });

  const KEYS = {
    ArrowLeft: "record-before", ArrowRight: "record-after", j: "change-after", k: "change-before",
    "[": "known-before", "]": "known-after", n: "known-now",
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const at = event.target;
    if (at.closest("textarea, select, input:not([type=range])")) return;
    const onSlider = at.matches("input[type=range]");
    if (event.key === " " && !at.closest("button, a, summary")) {
      event.preventDefault();
      toggle();
    } else if (event.key === "w") {
      event.preventDefault();
      byId("story")?.focus();
    } else if (KEYS[event.key] && !(onSlider && event.key.startsWith("Arrow")) && !at.closest(".scroll, figure div")) {
      event.preventDefault();
      stop();
      step(KEYS[event.key]);
    }
  });

  // the log grows: whoever knows all of it is shown it, after a step that is under way; another can go as far; a play
  // goes on as it began
  document.addEventListener("grew", (event) => {
    if (seen().known === "" && timer === null) return void (wanted || go(() => new URL(location.href), false));
    seen().total = String(event.detail);
    knowns.max = seen().total;
    knowns.setAttribute("aria-valuetext", `${seen().size} of ${seen().total} records`);
  });

  supposing?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = byId("what-if-answer"), form = event.target;
    answer.textContent = "Making every report with these facts and without...";
    try {
      answer.innerHTML = await fetched(form.action, "what-if", {
        method: "POST", body: new URLSearchParams(new FormData(form)),
      });
    } catch (why) {
      answer.textContent = why.message;
    }
  });
  settle();
})();
