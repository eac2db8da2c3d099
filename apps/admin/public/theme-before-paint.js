// Runs before the first paint, so that a remembered choice never flashes the other theme. A file of its own: no inline script.
try {
  const choice = localStorage.getItem('streamvault.theme');
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
} catch {
  // Storage may be forbidden; then the system's choice holds.
}
