// Looks for every word of what is typed in the titles, names and statements of all pages; PAGES comes from index.js.
"use strict";
(() => {
  const field = document.getElementById("search");
  const list = document.getElementById("found");
  const count = document.getElementById("count");
  const most = 40;
  const folded = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const pages = PAGES.map(([title, path, kind, subject, name, words]) => ({
    title, path, kind, subject, head: folded(title + " " + name), all: folded([title, name, subject, words].join(" ")),
  }));
  const score = (page, words) => words.reduce((sum, word) => sum + (page.head.includes(word) ? 2 : 0)
    + (page.head.startsWith(word) ? 1 : 0), 0);
  const show = () => {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    const hits = words.length ? pages.filter((page) => words.every((word) => page.all.includes(word))) : [];
    hits.sort((a, b) => score(b, words) - score(a, words) || a.title.localeCompare(b.title, "en"));
    list.replaceChildren(...hits.slice(0, most).map((page) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const small = document.createElement("small");
      link.href = page.path;
      link.textContent = page.title;
      small.textContent = " " + page.kind + ", " + page.subject;
      item.append(link, small);
      return item;
    }));
    list.hidden = !hits.length;
    count.textContent = !words.length ? "" : hits.length === 1 ? "1 page" : hits.length + " pages"
      + (hits.length > most ? ", the first " + most + " of them shown" : "");
    history.replaceState(null, "", words.length ? "#" + encodeURIComponent(field.value) : location.pathname);
  };
  field.addEventListener("input", show);
  if (location.hash.length > 1) { field.value = decodeURIComponent(location.hash.slice(1)); show(); }
})();
