// Loaded before the first paint, so that a dark page never flashes white. The rest of this is src/app/theme.ts.
(function () {
  var root = document.documentElement;
  var choice = root.dataset.theme;
  var dark = choice === 'dark' || (choice !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.bsTheme = dark ? 'dark' : 'light';
})();
