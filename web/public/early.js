// Before everything else: the page's own script comes after the first paint, or not at all.

// So that a chosen theme does not flash in after the system's.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Without storage the system's theme is used.
}

// A page that was kept from before a deploy may name a script or a style sheet that is gone. The server has a newer page
// then: it is asked for, once in a while at most (src/recover.ts does the same for parts that are loaded later).
addEventListener(
  "error",
  ({ target }) => {
    const isNeeded =
      target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === "stylesheet");
    if (!isNeeded || !navigator.onLine) return;
    try {
      const last = Number(sessionStorage.getItem("recovered"));
      if (Math.abs(Date.now() - last) < 300_000) return;
      sessionStorage.setItem("recovered", String(Date.now()));
    } catch {
      // Whoever cannot count must not try.
      return;
    }
    location.reload();
  },
  true,
);
