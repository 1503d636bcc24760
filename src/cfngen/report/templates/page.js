"use strict";
{
  const root = document.documentElement;
  const by = (name) => document.getElementById(name);

  // Light or dark: what the reader's system asks for, until the reader chooses.
  const theme = by("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => { theme.textContent = dark() ? theme.dataset.light : theme.dataset.dark; };
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; label(); });
  system.addEventListener("change", label);
  label();
  theme.hidden = false;

  // Everything open, to be printed or searched, or closed again.
  const folds = [...document.querySelectorAll("details")];
  const all = by("all");
  all.addEventListener("click", () => {
    const open = all.getAttribute("aria-pressed") !== "true";
    for (const fold of folds) fold.open = open;
    all.setAttribute("aria-pressed", open);
  });
  all.hidden = false;

  // What a link leads to may lie in something that is closed.
  const reveal = (place) => {
    if (!place) return;
    for (let each = place; each; each = each.parentElement) if (each.localName === "details") each.open = true;
    const focused = place.querySelector(":scope > summary") ?? place;
    if (focused === place && !place.hasAttribute("tabindex")) place.tabIndex = -1;
    focused.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  };
  const named = () => by(decodeURIComponent(location.hash.slice(1)));
  addEventListener("hashchange", () => reveal(named()));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) reveal(named());
  });
  if (location.hash) reveal(named());

  // The part that is read.
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-20% 0px -75% 0px" });
  for (const section of document.querySelectorAll("main > section")) seen.observe(section);
}
