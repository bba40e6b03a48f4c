// Runs before the first paint, so that nobody who chose a theme sees the other one flash (see parts/theme.ts).
(() => {
  const chosen = localStorage.getItem('gatehouse.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
